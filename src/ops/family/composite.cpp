#include "ops/family/composite.h"

#include "base/format.h"
#include "ops/family/reduction.h"

#include <cmath>

namespace koine::ops {

void floating_dtypes(std::span<ir::OperandDType> operands) {
  promote_operands(Promote::inexact, operands);
  if (is_complex(operands[0].dtype)) throw DTypeError(cat(name(operands[0].dtype), " operands are not accepted"));
}

void integer_dtypes(std::span<ir::OperandDType> operands, const char* what) {
  promote_operands(Promote::none, operands);
  for (const ir::OperandDType& operand : operands)
    if (!is_integer(operand.dtype))
      throw DTypeError(cat("the ", what, " should be integers, got ", name(operand.dtype)));
}

DType wide_dtype(DType dtype) { return dtype == float16 || dtype == bfloat16 ? float32 : dtype; }

Array widened(const Array& x) {
  DType wide = wide_dtype(x.dtype());
  return wide == x.dtype() ? x : cast(x, {.dtype = wide});
}

Array top_for_exp(const Array& x, const Axes& axis) {
  Array top = stop_gradient(max(x, {.axis = axis, .keepdims = true}));
  return where(top == -INFINITY, 0, top);
}
Array positive_total(const Array& exponentials, const Axes& axis) {
  Array total = sum(exponentials, {.axis = axis, .keepdims = true});
  return where(total == 0, 1, total);
}

Array power_of_two_for_squares(const Array& sizes, const Axes& axis) {
  if (same(reduced_count(sizes.shape(), axis), 0)) return ones(reduced_shape(sizes.shape(), axis, true), sizes.dtype());
  // Sums of squares of what lies between the bounds stay in range, and of what is beyond when it is moved.
  const bool wide = sizes.dtype() == float64;
  const int bound = wide ? 300 : 40, move = wide ? 600 : 90;
  Array most = stop_gradient(max(sizes, {.axis = axis, .keepdims = true}));
  auto power = [&](int exponent) {
    return full({.shape = {}, .value = std::ldexp(1.0, exponent), .dtype = sizes.dtype()});
  };
  return where(most > power(bound), power(-move), where(most < power(-bound), power(move), power(0)));
}

}  // namespace koine::ops
