#pragma once
#include "base/dtype_traits.h"
#include "ir/scalar.h"

#include <complex>
#include <cstdint>

/// The meaning of the scalar primitives: evaluation of a scalar program on blocks of numbers, in the widest
/// type of their class. This is the oracle that lowered code is compared with.
namespace koine::scalar {

inline constexpr int block = 256;
/// A block of numbers of one class.
struct Lane {
  WideKind kind = WideKind::real;
  union {
    uint64_t u[block];
    int64_t i[block];
    double f[block];
    std::complex<double> c[block];
  };
  Lane() : c{} {}
};

/// Evaluates a program on the first n numbers of its inputs; `bits` is the width of the operands' dtype.
/// `scratch` holds one lane an instruction. Returns the lane of the result.
const Lane& evaluate(const Program& program, const Lane* inputs, int n, int bits, Lane* scratch);

}  // namespace koine::scalar
