#include "ops/family/pooling.h"

#include "base/format.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

void canonical_pool(Ints& window, Ints& stride, Ints& padding, const Shape& shape) {
  if (window.empty() || window.size() > 3) throw ValueError("window should have 1 to 3 sizes");
  if (stride.empty()) stride = window;
  if (padding.empty()) padding.assign(2 * window.size(), 0);
  if (stride.size() != window.size() || padding.size() != 2 * window.size())
    throw ValueError(
        cat("a window of ", window.size(), " axes needs as many strides, and two numbers of padding each"));
  if (shape.size() <= window.size())
    throw ShapeError(cat("shape ", to_string(shape), " has not ", window.size(), " axes before the channels"));
  for (size_t i = 0; i < window.size(); ++i) {
    int64_t low = padding[2 * i], high = padding[2 * i + 1];
    if (window[i] < 1 || stride[i] < 1) throw ValueError("window and stride are positive");
    if (low < 0 || high < 0 || low >= window[i] || high >= window[i])
      throw ValueError("padding is at least 0 and less than the window, so that no window is all padding");
    Dim length = shape[static_cast<int64_t>(i) - static_cast<int64_t>(window.size()) - 1];
    if (length.is_concrete() && (length.value() == 0 || length.value() + low + high < window[i]))
      throw ShapeError(cat("a window of ", window[i], " does not fit into ", to_string(shape)));
  }
}

Array fold_windows(const Array& x, const PoolAttrs& attrs, double fill,
                   Array (*combine)(const Array& so_far, const Array& next)) {
  Array y = x;
  auto rank = x.shape().size();
  // The last axis first: then equal elements meet in row-major order.
  for (size_t i = attrs.window.size(); i-- > 0;) {
    size_t axis = rank - 1 - attrs.window.size() + i;
    Ints before(rank, 0), after(rank, 0), steps(rank, 1);
    before[axis] = attrs.padding[2 * i];
    after[axis] = attrs.padding[2 * i + 1];
    if (before[axis] || after[axis]) y = pad(y, {.before = before, .after = after, .value = fill});
    Shape offsets, sizes = y.shape();
    for (size_t d = 0; d < rank; ++d) offsets.push_back(0);
    auto at = static_cast<int64_t>(axis);
    sizes[at] = floor_div(sizes[at] - attrs.window[i], attrs.stride[i]) + 1;
    steps[axis] = attrs.stride[i];
    Array folded;
    for (int64_t place = 0; place < attrs.window[i]; ++place) {
      offsets[at] = place;
      Array next = slice(y, {.steps = steps, .offsets = offsets, .sizes = sizes});
      folded = folded.defined() ? combine(folded, next) : next;
    }
    y = folded;
  }
  return y;
}

Array window_counts(const Array& x, const PoolAttrs& attrs) {
  Shape shape;
  for (auto d = -static_cast<int64_t>(attrs.window.size()) - 1; d < -1; ++d) shape.push_back(x.shape()[d]);
  shape.push_back(1);
  return fold_windows(ones(shape, x.dtype()), attrs, 0, [](const Array& a, const Array& b) { return a + b; });
}

}  // namespace koine::ops
