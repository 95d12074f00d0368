#include "backend/can_fail.h"

#include "ir/body.h"

#include <algorithm>

namespace koine::backend {

using namespace ir;

bool can_fail(const Graph& graph, const GraphNode& node) {
  if (node.op->can_fail) return true;
  for (const AttrField& field : node.op->attrs.fields) {
    AttrValue value = field.get(node.attrs->data.get());
    if (auto* graphs = std::get_if<Graphs>(&value))
      for (const GraphRef& inner : *graphs)
        if (can_fail(*inner)) return true;
  }
  if (!node.op->body || node.op->reference) return false;
  std::vector<TypeRef> types;
  for (ValueId operand : graph.operands_of(node)) types.push_back(graph.types[operand]);
  return can_fail(*body_graph(*node.op, node.attrs, types));
}

bool can_fail(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const GraphNode& node) { return can_fail(graph, node); });
}

}  // namespace koine::backend
