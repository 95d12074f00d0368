#include "ops/family/spectrum.h"

#include "ops/family/reduction.h"

#include <limits>

namespace koine::ops {

void spectrum_dtypes(std::span<ir::OperandDType> operands) {
  Factorization::operand_dtypes(operands.first(1));
  if (operands.size() < 2) return;
  if (operands[1].number ? operands[1].kind == Kind::complex : is_complex(operands[1].dtype))
    throw DTypeError("the tolerance should be real, got a complex number");
  operands[1].dtype = real_of(operands[0].dtype);
}

Array spectrum_cutoff(const Array& x, const Array& s, const Array& rtol) {
  if (same(s.shape()[-1], 0)) return sum(s, {.axis = -1, .keepdims = true});
  Array largest = max(s, {.axis = -1, .keepdims = true});
  if (rtol.defined()) return largest * expand_dims(rtol, -1);
  double epsilon =
      s.dtype() == float64 ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  return largest * (maximum(counted(x.shape(), -2, s.dtype()), counted(x.shape(), -1, s.dtype())) * epsilon);
}

}  // namespace koine::ops
