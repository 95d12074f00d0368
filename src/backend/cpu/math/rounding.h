#pragma once
#include "backend/cpu/math/arithmetic.h"

/// To whole numbers. All of it is exact, and keeps the sign of a zero.
namespace koine::backend::cpu::math {

/// To the nearest, to even from the middle.
template <class V>
KOINE_INLINE V round(V x) {
  if constexpr (V::has_rounding) {
    return native_round(x);
  } else {
    // Beyond `whole` no number has a fraction, and up to it a sum with it drops the fraction.
    constexpr double whole = is_float<V> ? 0x1p23 : 0x1p52;
    V y = abs(x);
    return select(y < V(whole), copysign((y + V(whole)) - V(whole), x), x);
  }
}
template <class V>
KOINE_INLINE V floor(V x) {
  if constexpr (V::has_rounding) {
    return native_floor(x);
  } else {
    V y = round(x);
    return copysign(select(y > x, y - V(1.0), y), x);
  }
}
template <class V>
KOINE_INLINE V ceil(V x) {
  if constexpr (V::has_rounding)
    return native_ceil(x);
  else
    return -floor(-x);
}
template <class V>
KOINE_INLINE V trunc(V x) {
  if constexpr (V::has_rounding)
    return native_trunc(x);
  else
    return copysign(floor(abs(x)), x);
}

}  // namespace koine::backend::cpu::math
