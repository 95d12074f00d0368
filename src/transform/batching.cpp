#include "base/format.h"
#include "ir/body.h"
#include "transform/memo.h"

#include <algorithm>

/// vmap: each node's own rule, or that of its body.
namespace koine::transform {

using namespace ir;

namespace {

bool stays_whole(const OpSpec& op, const Mask& batched) {
  if (op.whole == Whole::never) return false;
  bool rest =
      std::all_of(batched.begin() + 1, batched.end(), [&](uint8_t flag) { return flag == (op.whole == Whole::all); });
  return batched[0] && rest;
}

Arrays batch_node(const BatchInput& input, Mask& out_batched) {
  const OpSpec& op = input.op;
  if (op.vmap) return op.vmap(input, out_batched);
  Mask batched(input.batched.begin(), input.batched.end());
  if (stays_whole(op, batched)) return record(op, input.box, input.in, {});
  std::vector<TypeRef> types;
  for (size_t i = 0; i < input.in.size(); ++i) {
    Shape shape = input.in[i].shape();
    if (batched[i]) shape.erase(0);
    types.push_back(intern_type(input.in[i].dtype(), shape));
  }
  return replay(*vmap(body_graph(op, input.box, types), batched, input.size), input.in);
}

GraphRef make_vmap(const Graph& graph, const Mask& batched_inputs, Dim size) {
  BodyScope body;  // all that is recorded is part of the graph
  uint64_t since = next_serial();
  Arrays inputs, values(graph.types.size());
  Mask batched(graph.types.size(), 0);
  for (uint32_t i = 0; i < graph.input_count; ++i) {
    TypeRef type = graph.types[i];
    batched[i] = batched_inputs[i];
    if (batched[i]) {
      Shape shape = type->shape;
      shape.insert(0, size);
      type = intern_type(type->dtype, shape);
    }
    inputs.push_back(make_placeholder(type, "vmap", {}));
    values[i] = inputs.back();
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    SourceScope source(graph.where[i]);
    Arrays in;
    Mask flags;
    for (ValueId operand : graph.operands_of(node)) {
      in.push_back(values[operand]);
      flags.push_back(batched[operand]);
    }
    bool any = std::find(flags.begin(), flags.end(), 1) != flags.end();
    Mask out_batched(node.output_count, any);
    Arrays out = any ? batch_node({*node.op, node.attrs->data.get(), node.attrs, in, flags, size}, out_batched)
                     : record_typed(*node.op, node.attrs, in, {&graph.types[node.first_output], node.output_count},
                                    graph.where[i]);
    if (out.size() != node.output_count)
      throw Error(cat("[", node.op->name, "] its vmap rule gave ", out.size(), " arrays"));
    for (uint32_t k = 0; k < node.output_count; ++k) {
      ValueId value = node.first_output + k;
      Shape want = graph.types[value]->shape;
      if (out_batched[k]) want.insert(0, size);
      if (type_of(out[k]) != intern_type(graph.types[value]->dtype, want))
        throw Error(cat("[", node.op->name, "] its vmap rule gave ", to_string(*type_of(out[k])), " instead of ",
                        to_string(want)));
      values[value] = out[k];
      batched[value] = out_batched[k];
    }
  }
  Arrays outputs;
  for (ValueId output : graph.outputs)
    outputs.push_back(batched[output] ? values[output] : repeat_in_front(values[output], size));
  Captured captured = capture(outputs, inputs, since);
  if (!captured.outside.empty()) throw Error("[vmap] a rule used an array that is neither an operand nor a constant");
  return captured.graph;
}

}  // namespace

GraphRef vmap(const GraphRef& graph, const Mask& batched, Dim size) {
  return remembered("vmap", graph, batched, size, [&] { return make_vmap(*graph, batched, size); });
}

}  // namespace koine::transform
