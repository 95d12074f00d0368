#include "ops/family/composite.h"

#include "base/format.h"

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

}  // namespace koine::ops
