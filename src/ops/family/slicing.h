#pragma once
#include "ops/family/structural.h"

/// What the ops on boxes of evenly spaced positions share.
namespace koine::ops {

/// Zeros, one per axis of a shape.
Shape zeros_for(const Shape& shape);

/// Brings Python's ranges to offsets from the front and sizes, and empties `starts` and `stops`; with `sizes` given
/// fills what is left out. Lists may be shorter than the shape; what they lack is the whole axis.
/// Throws ValueError for a step of 0, ShapeError for too long lists.
void canonical_slice(Ints& starts, Ints& stops, Ints& steps, Shape& offsets, Shape& sizes, const Shape& shape);

/// Throws ShapeError unless the positions `starts + steps * i`, i below `sizes`, lie in the shape. Axes where a
/// symbol is involved are taken on trust.
void check_box(const Shape& shape, const Shape& starts, const Shape& sizes, const Ints& steps);

/// An operand that is written into x takes x's dtype.
/// Throws DTypeError when its kind (bool, integer, floating, complex) does not fit into that of x.
void take_dtype(ir::OperandDType& update, const ir::OperandDType& x);

}  // namespace koine::ops
