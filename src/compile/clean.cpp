#include "compile/clean.h"

#include "base/hash.h"
#include "base/narrow.h"
#include "ir/body.h"
#include "ir/scalar.h"

#include <unordered_map>

namespace koine::compile {

using namespace ir;

namespace {

/// Nodes are equal when op, attributes and operands are.
struct Key {
  const OpSpec* op;
  uint64_t attrs;
  std::vector<ValueId> in;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = hash_combine(key.attrs, reinterpret_cast<uintptr_t>(key.op));
    for (ValueId value : key.in) hash = hash_combine(hash, value);
    return hash;
  }
};

class Cleaner {
 public:
  explicit Cleaner(bool (*kept)(const OpSpec& op)) : kept_(kept) {}

  Cleaned run(const Graph& graph) {
    std::vector<ValueId> values;
    for (uint32_t i = 0; i < graph.input_count; ++i) values.push_back(input(graph.types[i]));
    for (uint32_t n = 0; n < graph.nodes.size(); ++n) add(graph, n, values, n);
    for (ValueId output : graph.outputs) graph_.outputs.push_back(values[output]);
    return pruned();
  }

 private:
  ValueId input(TypeRef type) {
    graph_.types.push_back(type);
    return graph_.input_count++;
  }

  /// Adds node n of `graph`, whose values so far are `values` here.
  void add(const Graph& graph, uint32_t n, std::vector<ValueId>& values, uint32_t origin) {
    const GraphNode& node = graph.nodes[n];
    std::vector<ValueId> in;
    std::vector<TypeRef> types;
    for (ValueId operand : graph.operands_of(node)) {
      in.push_back(values[operand]);
      types.push_back(graph.types[operand]);
    }
    if (node.op->body && !kept_(*node.op)) {
      GraphRef body = body_graph(*node.op, node.attrs, types);
      std::vector<ValueId> inner = in;
      for (uint32_t k = 0; k < body->nodes.size(); ++k) add(*body, k, inner, origin);
      for (ValueId output : body->outputs) values.push_back(inner[output]);
      return;
    }
    if (in.size() == 1 && is_copy(*node.op, types[0], graph.types[node.first_output])) {
      values.push_back(in[0]);
      return;
    }
    auto [found, fresh] = known_.try_emplace(Key{node.op, node.attrs->id, in}, 0);
    if (fresh) {
      found->second = narrow<ValueId>(graph_.types.size());
      graph_.nodes.push_back({node.op, node.attrs, narrow<uint32_t>(graph_.operands.size()), node.operand_count,
                              node.output_count, found->second});
      graph_.operands.insert(graph_.operands.end(), in.begin(), in.end());
      for (uint32_t k = 0; k < node.output_count; ++k) graph_.types.push_back(graph.types[node.first_output + k]);
      graph_.where.push_back(n < graph.where.size() ? graph.where[n] : std::source_location());
      origin_.push_back(origin);
    }
    for (uint32_t k = 0; k < node.output_count; ++k) values.push_back(found->second + k);
  }

  Cleaned pruned() const {
    std::vector<uint8_t> needed(graph_.types.size());
    for (ValueId output : graph_.outputs) needed[output] = 1;
    auto is_needed = [&](const GraphNode& node) {
      for (uint32_t k = 0; k < node.output_count; ++k)
        if (needed[node.first_output + k]) return true;
      // An error that it may raise is part of what the graph does.
      return node.op->can_fail;
    };
    for (size_t n = graph_.nodes.size(); n-- > 0;)
      if (is_needed(graph_.nodes[n]))
        for (ValueId operand : graph_.operands_of(graph_.nodes[n])) needed[operand] = 1;
    auto result = std::make_shared<Graph>();
    Cleaned cleaned;
    result->input_count = graph_.input_count;
    result->types.assign(graph_.types.begin(), graph_.types.begin() + graph_.input_count);
    std::vector<ValueId> place(graph_.types.size());
    for (uint32_t i = 0; i < graph_.input_count; ++i) place[i] = i;
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      GraphNode node = graph_.nodes[n];
      if (!is_needed(node)) continue;
      std::span<const ValueId> in = graph_.operands_of(node);
      for (uint32_t k = 0; k < node.output_count; ++k) {
        place[node.first_output + k] = narrow<ValueId>(result->types.size());
        result->types.push_back(graph_.types[node.first_output + k]);
      }
      node.first_operand = narrow<uint32_t>(result->operands.size());
      node.first_output = place[node.first_output];
      for (ValueId operand : in) result->operands.push_back(place[operand]);
      result->nodes.push_back(std::move(node));
      result->where.push_back(graph_.where[n]);
      cleaned.origin.push_back(origin_[n]);
    }
    for (ValueId output : graph_.outputs) result->outputs.push_back(place[output]);
    seal(*result);
    cleaned.graph = std::move(result);
    return cleaned;
  }

  bool (*kept_)(const OpSpec& op);
  Graph graph_;
  std::vector<uint32_t> origin_;
  std::unordered_map<Key, ValueId, KeyHash> known_;
};

}  // namespace

bool is_copy(const OpSpec& op, TypeRef in, TypeRef out) {
  if (!op.scalar_body || in != out) return false;
  const scalar::Program& body = *op.scalar_body();
  return body.code.size() == 1 && body.code[0].prim == scalar::Prim::input;
}

Cleaned clean(const Graph& graph, bool (*kept)(const OpSpec& op)) { return Cleaner(kept).run(graph); }

}  // namespace koine::compile
