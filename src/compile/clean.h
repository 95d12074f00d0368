#pragma once
#include "ir/graph.h"

namespace koine::compile {

/// A graph made of another one, and for each node the node of that other graph which it stands for.
struct Cleaned {
  ir::GraphRef graph;
  std::vector<uint32_t> origin;
};

/// The same function with bodies in the place of composites (but of ops that are `kept`), without copies of a value,
/// with one node where several are equal, and without nodes whose results nobody reads.
Cleaned clean(const ir::Graph& graph, bool (*kept)(const ir::OpSpec& op));

/// Whether the op only hands on its operand.
bool is_copy(const ir::OpSpec& op, ir::TypeRef in, ir::TypeRef out);

}  // namespace koine::compile
