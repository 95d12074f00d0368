#pragma once
#include "ops/family/op.h"

/// Pooling: windows over the axes between the leading ones and the channels, folded one axis after the other.
namespace koine::ops {

/// One number per spatial axis; padding has (low, high) pairs one after the other.
struct PoolAttrs {
  const Ints& window;
  const Ints& stride;
  const Ints& padding;
};

/// Fills what is left out (the window as stride, no padding) and throws unless everything fits the shape.
void canonical_pool(Ints& window, Ints& stride, Ints& padding, const Shape& shape);

/// Folds every window of x (..., spatial..., channels), padded with `fill`, in row-major order of its places.
Array fold_windows(const Array& x, const PoolAttrs& attrs, double fill,
                   Array (*combine)(const Array& so_far, const Array& next));

/// The number of elements in each window that are not padding; it broadcasts against the pooled array.
Array window_counts(const Array& x, const PoolAttrs& attrs);

}  // namespace koine::ops
