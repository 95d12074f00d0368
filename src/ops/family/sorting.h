#pragma once
#include "ops/family/explicit.h"

/// The order of elements along an axis: stable in both directions, NaN last in both.
namespace koine::ops {

/// Throws DTypeError for complex elements.
void check_ordered(DType dtype);
/// The length of an axis that is counted from the end.
inline int64_t length_of(const ir::TensorRef& x, int64_t axis) {
  return x.shape[static_cast<size_t>(static_cast<int64_t>(x.shape.size()) + axis)];
}
/// The first `k` elements of each line and their places; an output without data is left out.
void order_reference(const ir::TensorRef& x, int64_t axis, bool descending, int64_t k, const ir::TensorRef* values,
                     const ir::TensorRef* places);

/// The derivatives of an op whose first output holds x's elements at the places of its second output.
Arrays ordered_jvp(const RuleInput& node, int64_t axis, Tangents tangents);
Arrays ordered_vjp(const RuleInput& node, int64_t axis, Tangents cotangents);

}  // namespace koine::ops
