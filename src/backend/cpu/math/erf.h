#pragma once
#include "backend/cpu/math/exp.h"

namespace koine::backend::cpu::math {

/// A series up to 1; then 1 - exp(log(erfc(x))), the logarithm by a polynomial.
template <class V>
KOINE_INLINE V erf(V x) {
  constexpr double high = is_float<V> ? 3.95 : 5.95;  // from where on it is 1
  V y = abs(x), z = y * y;
  V near = fma(polynomial(z, TableOf<V>::erf), y, y);
  V t = lesser(V(high), y) - V(1.0);
  V far = V(1.0) - exp(polynomial(t, TableOf<V>::log_erfc));
  return signed_as(select(y >= V(1.0), far, near), x);
}

}  // namespace koine::backend::cpu::math
