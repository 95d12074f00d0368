#include "ops/family/slicing.h"

#include "base/format.h"

#include <koine/detail/range.h>

namespace koine::ops {

Shape zeros_for(const Shape& shape) {
  Shape zeros = shape;
  for (Dim& zero : zeros) zero = 0;
  return zeros;
}

namespace {

// A bound as Python's slice.indices gives it, between `low` and `high`.
Dim bound(int64_t at, Dim open, Dim n, Dim low, Dim high) {
  if (at == none) return open;
  return at < 0 ? max(n + at, low) : min(at, high);
}

}  // namespace
}  // namespace koine::ops

namespace koine::detail {

Range resolve_range(int64_t start, int64_t stop, int64_t step, Dim n) {
  using ops::bound;
  if (step == 0) throw ValueError("a step is zero");
  bool forward = step > 0;
  Dim low = forward ? Dim(0) : Dim(-1), high = forward ? n : n - 1;
  Dim first = bound(start, forward ? low : high, n, low, high), end = bound(stop, forward ? high : low, n, low, high);
  Dim size = max(0, forward ? ceil_div(end - first, step) : ceil_div(first - end, Dim(0) - step));
  bool empty = same(size, 0);
  return {empty ? 0 : first, size, empty || same(size, 1) ? 1 : step};
}

}  // namespace koine::detail

namespace koine::ops {

void canonical_slice(Ints& starts, Ints& stops, Ints& steps, Shape& offsets, Shape& sizes, const Shape& shape) {
  size_t rank = shape.size();
  if (starts.size() > rank || stops.size() > rank || steps.size() > rank)
    throw ShapeError(cat("more ranges than axes of ", to_string(shape)));
  steps.resize(rank, 1);
  if (sizes.empty()) {
    starts.resize(rank, none);
    stops.resize(rank, none);
    for (size_t d = 0; d < rank; ++d) {
      auto range = koine::detail::resolve_range(starts[d], stops[d], steps[d], shape[static_cast<int>(d)]);
      offsets.push_back(range.offset);
      sizes.push_back(range.size);
      steps[d] = range.step;
    }
  } else if (!starts.empty() || !stops.empty()) {
    throw ValueError("either starts and stops or offsets and sizes are given, not both");
  }
  starts.clear();
  stops.clear();
  if (offsets.empty()) offsets = zeros_for(shape);
  if (offsets.size() != rank || sizes.size() != rank)
    throw ShapeError(cat("offsets and sizes need a number for each axis of ", to_string(shape)));
}

void check_box(const Shape& shape, const Shape& starts, const Shape& sizes, const Ints& steps) {
  if (starts.size() != shape.size() || sizes.size() != shape.size() || steps.size() != shape.size())
    throw ShapeError(cat("starts ", to_string(starts), ", sizes ", to_string(sizes), " and steps ",
                         ir::to_string(ir::AttrValue(steps)), " do not name each axis of ", to_string(shape), " once"));
  for (size_t d = 0; d < shape.size(); ++d) {
    auto axis = static_cast<int>(d);
    if (steps[d] == 0) throw ValueError("a step is zero");
    if (!shape[axis].is_concrete() || !starts[axis].is_concrete() || !sizes[axis].is_concrete()) continue;
    if (sizes[axis] < 0) throw ShapeError(cat("a length cannot be negative: ", to_string(sizes)));
    Dim last = starts[axis] + (sizes[axis] - 1) * steps[d];
    if (sizes[axis] > 0 && (min(starts[axis], last) < 0 || max(starts[axis], last) >= shape[axis]))
      throw ShapeError(
          cat("positions ", starts[axis], " to ", last, " are not all in axis ", d, " of shape ", to_string(shape)));
  }
}

void take_dtype(ir::OperandDType& update, const ir::OperandDType& x) {
  Kind kind = update.number ? update.kind : kind_of(update.dtype);
  if (kind > kind_of(x.dtype)) {
    constexpr const char* kinds[] = {"bool", "integer", "floating", "complex"};
    throw DTypeError(
        cat("a ", kinds[static_cast<int>(kind)], " value does not fit into ", name(x.dtype), "; cast one of them"));
  }
  update.dtype = x.dtype;
}

}  // namespace koine::ops
