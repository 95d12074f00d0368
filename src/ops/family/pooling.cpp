#include "ops/family/pooling.h"

#include "base/format.h"
#include "ops/family/reduction.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

bool PoolAttrs::is_padded() const {
  return std::any_of(padding.list().begin(), padding.list().end(), [](int64_t n) { return n != 0; });
}

namespace {

constexpr size_t most_axes = 3;

// How many axes windows move over: as many as they have sizes, or one size for all between the first and the last.
size_t spatial_axes(const Ints& sizes, const Shape& shape, const char* what) {
  if (sizes.empty() || sizes.size() > most_axes) throw ValueError(cat(what, " has 1 to 3 numbers, got ", sizes.size()));
  size_t axes = sizes.size();
  if (axes == 1 && shape.size() > 2) axes = shape.size() - 2;
  if (axes > most_axes || shape.size() <= axes)
    throw ShapeError(cat("takes (batch, spatial..., channels) with 1 to 3 spatial axes, got ", shape, " and ", what,
                         " of ", sizes.size(), sizes.size() == 1 ? " number" : " numbers"));
  return axes;
}

Shape spatial_lengths(const Shape& shape, size_t axes) {
  return {shape.end() - 1 - static_cast<std::ptrdiff_t>(axes), shape.end() - 1};
}

}  // namespace

void canonical_pool(Ints& window, Ints& stride, Padding& padding, Ints& dilation, const Shape& shape) {
  const size_t n = spatial_axes(window, shape, "window");
  per_axis(window, n, 1, 1, "window");
  if (stride.empty()) stride = window;
  per_axis(stride, n, 1, 1, "stride");
  per_axis(dilation, n, 1, 1, "dilation");
  const Shape lengths = spatial_lengths(shape, n);
  Shape reaches;
  for (size_t d = 0; d < n; ++d) reaches.push_back(reach(window[d], dilation[d]));
  padding = pads_per_axis(padding, {lengths, reaches, stride});
  for (size_t d = 0; d < n; ++d) {
    const int64_t low = padding.list()[2 * d], high = padding.list()[2 * d + 1];
    const Dim length = lengths[static_cast<int64_t>(d)], reached = reaches[static_cast<int64_t>(d)];
    if (low >= reached.value() || high >= reached.value())
      throw ValueError(cat("padding of ", std::max(low, high), " is not less than a window that reaches over ", reached,
                           ": some windows would be all padding"));
    if (length.is_concrete() && (length.value() == 0 || length.value() + low + high < reached.value()))
      throw ShapeError(cat("a window that reaches over ", reached, " does not fit into ", shape));
  }
}

Array fold_windows(const Array& x, const PoolAttrs& attrs, double fill, double beyond,
                   Array (*combine)(const Array& so_far, const Array& next)) {
  Array y = x;
  const size_t rank = x.shape().size();
  const auto padded = [&](size_t axis, int64_t low, int64_t high, double value) {
    if (low == 0 && high == 0) return;
    Ints before(rank, 0), after(rank, 0);
    before[axis] = low;
    after[axis] = high;
    y = pad(y, {.before = before, .after = after, .value = value});
  };
  // The last axis first: then equal elements meet in row-major order.
  for (size_t i = attrs.axes(); i-- > 0;) {
    const size_t axis = rank - 1 - attrs.axes() + i;
    const auto at = static_cast<int64_t>(axis);
    const int64_t stride = attrs.stride[i], low = attrs.low(i), high = attrs.high(i);
    const Dim length = y.shape()[at], room = length + low + high - attrs.reach(i);
    Dim places = floor_div(room, stride) + 1;
    if (attrs.ceil_mode) places = min(ceil_div(room, stride), floor_div(length + low - 1, stride)) + 1;
    const int64_t more = attrs.ceil_mode ? stride - 1 : 0;  // as much as a last window may lack
    if (fill == beyond) {
      padded(axis, low, high + more, fill);
    } else {
      padded(axis, low, high, fill);
      padded(axis, 0, more, beyond);
    }
    Shape offsets(Ints(rank, 0)), sizes = y.shape();
    Ints steps(rank, 1);
    sizes[at] = places;
    steps[axis] = stride;
    Array folded;
    for (int64_t tap = 0; tap < attrs.window[i]; ++tap) {
      offsets[at] = tap * attrs.dilation[i];
      Array next = slice(y, {.steps = steps, .offsets = offsets, .sizes = sizes});
      folded = folded.defined() ? combine(folded, next) : next;
    }
    y = folded;
  }
  return y;
}

// Counts along one axis do not depend on the others.
Array window_counts(const Array& x, const PoolAttrs& attrs, bool with_padding) {
  const Shape lengths = spatial_lengths(x.shape(), attrs.axes());
  Array counts;
  for (size_t i = 0; i < attrs.axes(); ++i) {
    const Ints window{attrs.window[i]}, stride{attrs.stride[i]}, dilation{attrs.dilation[i]};
    const Padding padding{attrs.low(i), attrs.high(i)};
    Array along = fold_windows(ones({lengths[static_cast<int64_t>(i)], 1}, x.dtype()),
                               {window, stride, padding, dilation, attrs.ceil_mode}, with_padding ? 1 : 0, 0,
                               [](const Array& a, const Array& b) { return a + b; });
    Shape shape{along.shape()[0]};
    for (size_t behind = i; behind < attrs.axes(); ++behind) shape.push_back(1);
    along = reshape(along, {.shape = shape});
    counts = counts.defined() ? counts * along : along;
  }
  return counts;
}

namespace {

// 0 to n - 1, for an n that may be symbolic.
Array numbers_below(Dim n) { return cumsum(ones({n}, int64), {.axis = 0}) - 1; }

}  // namespace

Parts parts_of(const Array& x, int axis, int64_t size, double fill) {
  const Dim n = x.shape()[axis];
  const Array length = counted(x.shape(), axis, int64), part = numbers_below(size);
  const Array first = floor_divide(part * length, size), last = floor_divide((part + 1) * length + (size - 1), size);
  // A part has its share rounded up, and one more where it begins within an element.
  const Dim longest = same(mod(n, size), 0) ? floor_div(n, size) : ceil_div(n, size) + 1;
  const Array places = expand_dims(first, 1) + numbers_below(longest), inside = places < expand_dims(last, 1);
  Array elements = gather(x, minimum(places, length - 1), {.axis = axis});
  Shape along{size, longest};
  for (int d = axis + 1; d < x.rank(); ++d) along.push_back(1);
  elements = where(reshape(inside, {.shape = along}), elements, fill);
  return {elements, last - first};
}

void canonical_sizes(Ints& sizes, const Shape& shape) {
  const size_t n = spatial_axes(sizes, shape, "size");
  per_axis(sizes, n, 1, 1, "size");
  for (const Dim& length : spatial_lengths(shape, n))
    if (length.is_concrete() && length.value() == 0) throw ShapeError(cat("there is nothing to pool in ", shape));
}

}  // namespace koine::ops
