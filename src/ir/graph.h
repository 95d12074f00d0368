#pragma once
#include "ir/node.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The graph: a closed function as plain data. Values are numbered: inputs first, then node outputs in order.
namespace koine::ir {

using ValueId = uint32_t;

struct GraphNode {
  const OpSpec* op;
  AttrRef attrs;
  uint32_t first_operand;  // into Graph::operands
  uint32_t operand_count;
  uint32_t output_count;
  ValueId first_output;
  bool operator==(const GraphNode& other) const {
    return op == other.op && attrs->id == other.attrs->id && first_operand == other.first_operand &&
           operand_count == other.operand_count;
  }
};

struct Graph {
  uint32_t input_count = 0;
  std::vector<TypeRef> types;  // per value
  std::vector<GraphNode> nodes;
  std::vector<ValueId> operands;
  std::vector<ValueId> outputs;
  uint64_t hash = 0;
  std::vector<std::source_location> where;  // per node; not part of the identity

  std::span<const ValueId> operands_of(const GraphNode& node) const {
    return {operands.data() + node.first_operand, node.operand_count};
  }
  TypeRef output_type(size_t k) const { return types[outputs[k]]; }
};

/// Same function: equal inputs, nodes and outputs. Source lines do not count.
bool same(const Graph& a, const Graph& b);
/// Computes `hash` from the contents.
void seal(Graph& graph);
/// Throws Error with the first inconsistency: operands before their definition, types that inference
/// does not confirm, outputs out of range.
void verify(const Graph& graph);
/// One line a node: `%5 = softmax(%3) {axis=-1} : float32[3, 7]`.
std::string to_string(const Graph& graph);

/// A graph cut out of recorded nodes, with the arrays that it reaches from outside.
struct Captured {
  GraphRef graph;
  Arrays outside;  // values of the graph's inputs after the given ones
  Arrays primal;   // the recorded array of every value of the graph, inputs included
};

/// The graph that computes `outputs` from `inputs`. It holds the nodes recorded at or after `since` that are
/// reached (constants of any age included); every other value that is reached becomes an additional input, in
/// order of first use. Nodes of `prefix` come first, in their order, whether reached or not.
Captured capture(std::span<const Array> outputs, std::span<const Array> inputs, uint64_t since,
                 std::span<Node* const> prefix = {});

/// Records the graph's nodes on real arrays. `known`, when given, holds arrays of the first values
/// (inputs included); only later values are recorded. Returns the arrays of all values.
Arrays replay_all(const Graph& graph, std::span<const Array> known, std::source_location where);
/// Records the graph's nodes on the given inputs and returns its outputs.
Arrays replay(const Graph& graph, std::span<const Array> inputs,
              std::source_location where = std::source_location::current());

/// Traces a function of arrays: placeholders of the given types in, the captured graph out.
template <class F>
Captured trace(std::span<const TypeRef> types, const char* transform, std::source_location where, F&& f) {
  uint64_t since = next_serial();
  Arrays inputs;
  for (TypeRef type : types) inputs.push_back(make_placeholder(type, transform, where));
  Arrays outputs = f(std::span<const Array>(inputs));
  return capture(outputs, inputs, since);
}

/// A graph without the nodes whose results nobody reads.
GraphRef prune(const Graph& graph);

}  // namespace koine::ir
