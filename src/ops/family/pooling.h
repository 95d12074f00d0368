#pragma once
#include "ops/family/window.h"

/// Pooling: windows over the axes between the leading ones and the channels, folded one axis after the other.
namespace koine::ops {

/// One number per spatial axis; padding has (low, high) pairs one after the other.
struct PoolAttrs {
  const Ints &window, &stride;
  const Padding& padding;
  const Ints& dilation;
  /// Also a last place whose window is not filled, if it begins within the length or what is before it.
  bool ceil_mode;

  size_t axes() const { return window.size(); }
  int64_t low(size_t axis) const { return padding.list()[2 * axis]; }
  int64_t high(size_t axis) const { return padding.list()[2 * axis + 1]; }
  int64_t reach(size_t axis) const { return (window[axis] - 1) * dilation[axis] + 1; }
  bool is_padded() const;
};

/// Brings a pooling's attributes to that form (the window as stride, no padding, when left out) and throws unless
/// everything fits the shape. A window of one number is for all axes between the first and the last.
void canonical_pool(Ints& window, Ints& stride, Padding& padding, Ints& dilation, const Shape& shape);

/// Folds every window of x (..., spatial..., channels) in row-major order of its places. Padding is `fill`; what lies
/// beyond it, under a last window that is not filled, is `beyond`.
Array fold_windows(const Array& x, const PoolAttrs& attrs, double fill, double beyond,
                   Array (*combine)(const Array& so_far, const Array& next));

/// The number of elements in each window, with those of the padding or without; it broadcasts against the pooled array.
Array window_counts(const Array& x, const PoolAttrs& attrs, bool with_padding);

/// Along an axis that is cut into `size` parts of about the same length, (..., size, longest, ...) of their elements,
/// as PyTorch's adaptive pooling: part i is from floor(i n / size) to ceil((i + 1) n / size). What is no element is
/// `fill`; `counts` (size) says how many are. The parts are put at that axis, their elements behind it.
struct Parts {
  Array elements, counts;
};
Parts parts_of(const Array& x, int axis, int64_t size, double fill);
/// The sizes of an adaptive pooling for each axis between the first and the last, of one for all or as many. Throws
/// ShapeError or ValueError.
void canonical_sizes(Ints& sizes, const Shape& shape);

}  // namespace koine::ops
