#include "ir/call.h"

#include "base/few.h"
#include "ir/pending.h"

namespace koine::ir {

namespace {

struct CallAttrs {
  Graphs graph;
};
constexpr AttrField fields[] = {field<&CallAttrs::graph>("graph", "what is called")};

/// Not an op of users, and no transform meets it: a row for what every node has.
constexpr OpSpec call_row = [] {
  OpSpec row;
  row.name = "call";
  row.doc = "A graph as a whole.";
  row.attrs = {fields, nullptr, [](const void* attrs) -> std::shared_ptr<void> {
                 return std::make_shared<CallAttrs>(*static_cast<const CallAttrs*>(attrs));
               }};
  return row;
}();

// A transform that follows an operand needs the nodes; so does a graph that gives an operand back as it is.
bool may_call(const Graph& graph, std::span<Out* const> in) {
  if (in.empty() || graph.outputs.empty() || body_depth > 0) return false;
  for (ValueId output : graph.outputs)
    if (output < graph.input_count) return false;
  for (const Out* x : in)
    if (x->node->abstract || (x->node->taped && running_tapes != 0)) return false;
  return true;
}

}  // namespace

AttrRef call_of(const GraphRef& graph) {
  CallAttrs attrs{{graph}};
  return intern_attrs(call_row, &attrs);
}

const Graph* called_graph(const Node& node) {
  if (node.op != &call_row) return nullptr;
  return static_cast<const CallAttrs*>(node.attrs->data.get())->graph[0].get();
}

Arrays record_call(const AttrRef& call, std::span<Out* const> in, std::source_location where) {
  const Graph& graph = *static_cast<const CallAttrs*>(call->data.get())->graph[0];
  Few<TypeRef, 8> types(graph.outputs.size());
  for (size_t k = 0; k < graph.outputs.size(); ++k) types[k] = graph.output_type(k);
  where = current_source(where);
  Arrays out;
  bool due = false;
  {
    GraphLock lock(graph_mutex());
    if (!may_call(graph, in)) return {};
    Node* node = add_node(call_row, call, in, types.all(), where);
    node->component->called += graph.nodes.size();
    out = handles_of(node);
    due = is_due(node);
  }
  if (due) evaluate(out[0], where);
  return out;
}

}  // namespace koine::ir
