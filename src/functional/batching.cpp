#include "base/format.h"
#include "functional/recorded.h"

#include <algorithm>

/// vmap of functions.
namespace koine::detail {

namespace {

int batch_axis(const Array& leaf, int64_t axis, std::source_location where) {
  int rank = leaf.rank();
  if (axis < -rank || axis >= rank)
    throw IndexError(
        cat("[vmap] batch axis ", axis, " is out of range for ", ir::to_string(*ir::type_of(leaf)), at_line(where)));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

/// Which outputs of a graph depend on the chosen inputs.
transform::Mask dependent(const ir::Graph& graph, const transform::Mask& inputs) {
  transform::Mask depends(graph.types.size(), 0), outputs;
  std::copy(inputs.begin(), inputs.end(), depends.begin());
  for (const ir::GraphNode& node : graph.nodes) {
    uint8_t any = 0;
    for (ir::ValueId operand : graph.operands_of(node)) any |= depends[operand];
    std::fill_n(depends.begin() + node.first_output, node.output_count, any);
  }
  for (ir::ValueId output : graph.outputs) outputs.push_back(depends[output]);
  return outputs;
}

/// A result with its batch where it was asked for.
Array placed(const Array& result, int64_t axis, bool depends, std::source_location where) {
  if (axis == unbatched) {
    if (!depends) return result.at(0);
    throw ValueError(cat("[vmap] out_axes is None for a result that differs from example to example, ",
                         ir::to_string(*ir::type_of(result)), at_line(where)));
  }
  const int rank = result.rank();
  if (axis < -rank || axis >= rank)
    throw IndexError(cat("[vmap] out_axes has ", axis, ", which is out of range for the result ",
                         ir::to_string(*ir::type_of(result)), at_line(where)));
  return moveaxis(result, 0, static_cast<int>(axis));
}

}  // namespace

List vmap(Callable f, const List& leaves, const std::vector<int64_t>& axes, const std::vector<int64_t>& out_axes,
          std::source_location where) {
  std::vector<ir::TypeRef> types = types_of(leaves);
  ir::Arrays in;
  transform::Mask batched;
  Dim size = 0;
  bool any = false;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].defined()) continue;
    batched.push_back(axes[i] != unbatched);
    in.push_back(leaves[i]);
    if (!batched.back()) continue;
    int axis = batch_axis(leaves[i], axes[i], where);
    Shape shape = leaves[i].shape();
    if (any && !same(size, shape[axis]))
      throw ShapeError(cat("[vmap] batches of different lengths: ", to_string(size), " and ", to_string(shape[axis]),
                           " in ", ir::to_string(*types[i]), at_line(where)));
    size = shape[axis];
    any = true;
    shape.erase(axis);
    types[i] = ir::intern_type(leaves[i].dtype(), shape);
    in.back() = moveaxis(leaves[i], axis, 0);
  }
  if (!any) throw ValueError(cat("[vmap] no argument has a batch axis", at_line(where)));
  Flags given;
  ir::Captured captured = trace_leaves(f, types, "vmap", where, &given);
  batched.resize(captured.graph->input_count, 0);
  in.insert(in.end(), captured.outside.begin(), captured.outside.end());
  const ir::GraphRef graph = ir::prune(*captured.graph);
  const transform::Mask depends = dependent(*graph, batched);
  List out = with_empty(ir::replay(*transform::vmap(graph, batched, size), in, where), given);
  for (size_t k = 0, at = 0; k < out.size(); ++k)
    if (out[k].defined())
      out[k] = placed(out[k], out_axes[std::min(k, out_axes.size() - 1)], depends[at++] != 0, where);
  return out;
}

}  // namespace koine::detail
