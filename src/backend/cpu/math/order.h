#pragma once
#include "backend/cpu/math/arithmetic.h"

namespace koine::backend::cpu::math {

/// A NaN wins, and -0 is less than 0: of equal numbers only zeros have different bits.
template <class V>
KOINE_INLINE V minimum(V x, V y) {
  V least = select(x == y, V::from_bits(bits(x) | bits(y)), lesser(x, y));
  return select((x == x) & (y == y), least, x + y);
}
template <class V>
KOINE_INLINE V maximum(V x, V y) {
  V most = select(x == y, V::from_bits(bits(x) & bits(y)), greater(x, y));
  return select((x == x) & (y == y), most, x + y);
}
/// -1, 1, a zero itself or NaN.
template <class V>
KOINE_INLINE V sign(V x) {
  return select(abs(x) > V(0.0), copysign(V(1.0), x), x);
}

}  // namespace koine::backend::cpu::math
