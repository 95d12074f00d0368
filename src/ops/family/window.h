#pragma once
#include "ops/family/op.h"

/// What windows over spatial axes have in common, those of convolution and pooling: how strides, dilations and padding
/// are said. One number is for all axes, a list has one for each.
namespace koine::ops {

/// Makes it one number for each of n axes; `otherwise` when empty. Throws ValueError for another count or a number
/// below `least`.
void per_axis(Ints& numbers, size_t n, int64_t otherwise, int64_t least, const char* what);

/// How far a window reaches along an axis.
inline Dim reach(Dim taps, int64_t dilation) { return (taps - 1) * dilation + 1; }

/// Padding as (low, high) for each of n axes, one after the other. Throws ValueError for what is none, as a word.
Ints pads_per_axis(const Ints& padding, size_t n);

/// A window over spatial axes of these lengths: how far it reaches, from one place to the next.
struct Windows {
  const Shape &lengths, &reaches;
  const Ints& stride;
};
/// The same of numbers or a word. Throws ShapeError where "same" depends on a length that is not known.
Ints pads_per_axis(const Padding& padding, const Windows& windows);

}  // namespace koine::ops
