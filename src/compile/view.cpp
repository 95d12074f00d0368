#include "compile/view.h"

namespace koine::compile {

Ints dense_strides(const Shape& shape) {
  Ints strides(shape.size());
  int64_t step = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    strides[d] = step;
    step *= shape[static_cast<int64_t>(d)].value();
  }
  return strides;
}

bool is_dense(const View& view, const Shape& shape) {
  if (view.offset != 0) return false;
  Ints dense = dense_strides(shape);
  for (size_t d = 0; d < shape.size(); ++d)
    if (shape[static_cast<int64_t>(d)].value() != 1 && view.strides[d] != dense[d]) return false;
  return true;
}

namespace {

struct Axis {
  int64_t size, stride;
  int64_t own = 1;            // elements of the view in its own order that one step passes
  int64_t low = 0, high = 0;  // the places that are reached
};

/// The axes of a view from the innermost out, neighbours that lie in memory like one as one.
std::vector<Axis> merged_axes(const View& view, const Shape& shape) {
  std::vector<Axis> axes;
  int64_t own = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    int64_t size = shape[static_cast<int64_t>(d)].value(), stride = view.strides[d];
    if (size == 1) continue;
    if (!axes.empty() && stride == axes.back().stride * axes.back().size)
      axes.back().size *= size;
    else
      axes.push_back({size, stride, own});
    own *= size;
  }
  return axes;
}

}  // namespace

// The piece counts elements of the view in its own order. A step along an axis of the result has to be whole steps
// of one axis of the view, and all steps together have to stay on that axis.
bool through(const View& view, const Shape& shape, const ir::MapPiece& piece, View& result) {
  std::vector<Axis> axes = merged_axes(view, shape);
  result = {view.base, view.offset, {}};
  int64_t rest = piece.offset.value();
  for (size_t k = axes.size(); k-- > 0;) {
    axes[k].low = axes[k].high = rest / axes[k].own;
    rest %= axes[k].own;
    result.offset += axes[k].low * axes[k].stride;
  }
  for (size_t r = 0; r < piece.strides.size(); ++r) {
    int64_t step = piece.strides[static_cast<int64_t>(r)].value();
    int64_t count = piece.size[static_cast<int64_t>(r)].value();
    if (count == 0) return false;
    if (count == 1 || step == 0) {
      result.strides.push_back(0);
      continue;
    }
    size_t k = axes.size();
    while (k > 0 && step % axes[k - 1].own != 0) --k;
    if (k == 0) return false;
    Axis& axis = axes[k - 1];
    int64_t moved = step / axis.own * (count - 1);
    (moved < 0 ? axis.low : axis.high) += moved;
    if (axis.low < 0 || axis.high >= axis.size) return false;
    result.strides.push_back(step / axis.own * axis.stride);
  }
  return true;
}

}  // namespace koine::compile
