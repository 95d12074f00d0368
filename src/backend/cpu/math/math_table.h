#pragma once
#include "backend/cpu/isa.h"
#include "ir/scalar.h"

#include <cstdint>

namespace koine::backend::cpu {

/// out[i] = f(x[i]) or f(x[i], y[i]). `out` may be `x` or `y`; a function of one operand does not read y.
template <class E>
using MathFunction = void (*)(const E* x, const E* y, E* out, int64_t n);

/// Functions over arrays for every primitive from numbers to numbers, else null.
struct MathTable {
  MathFunction<float> f32[scalar::prim_count];
  MathFunction<double> f64[scalar::prim_count];
  template <class E>
  MathFunction<E> of(scalar::Prim prim) const {
    if constexpr (sizeof(E) == 4)
      return f32[static_cast<int>(prim)];
    else
      return f64[static_cast<int>(prim)];
  }
};
/// For a machine that has the instruction set. Bits are the same for every length and place in an array.
const MathTable& math_table(Isa isa);

// Each is defined by the file that is named after it.
namespace baseline {
extern const MathTable math_table;
}
namespace avx2 {
extern const MathTable math_table;
}
namespace avx512 {
extern const MathTable math_table;
}

}  // namespace koine::backend::cpu
