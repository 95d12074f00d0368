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
    batched.push_back(axes[i] != INT64_MIN);
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
  List out = ir::replay(*transform::vmap(ir::prune(*captured.graph), batched, size), in, where);
  out = with_empty(std::move(out), given);
  for (size_t k = 0; k < out.size(); ++k)
    if (out[k].defined())
      out[k] = moveaxis(out[k], 0, static_cast<int>(out_axes[std::min(k, out_axes.size() - 1)]));
  return out;
}

}  // namespace koine::detail
