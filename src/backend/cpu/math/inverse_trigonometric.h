#pragma once
#include "backend/cpu/math/arithmetic.h"

namespace koine::backend::cpu::math {

template <class V>
inline constexpr double half_pi = TableOf<V>::half_pi[0];
template <class V>
inline constexpr double half_pi_low = TableOf<V>::half_pi[1];

/// asin(s) = s + tail, s = |x| up to 1/2; else s = sqrt((1 - |x|) / 2), where asin(|x|) = pi / 2 - 2 asin(s) (Cody and
/// Waite 1980, chapter 9).
template <class V>
struct AsinParts {
  V s, tail;
  typename V::Mask far;
};
template <class V>
KOINE_INLINE AsinParts<V> asin_parts(V x) {
  V y = abs(x);
  auto far = y > V(0.5);
  V z = select(far, fma(y, V(-0.5), V(0.5)), y * y), s = select(far, sqrt(z), y);
  return {s, polynomial(z, TableOf<V>::asin) * z * s, far};
}
/// pi / 2 - 2 asin(s), with what the first difference loses.
template <class V>
KOINE_INLINE V far_asin(AsinParts<V> a) {
  auto [high, low] = fast_two_sum(V(half_pi<V>), V(-2.0) * a.s);
  return high - fma(V(2.0), a.tail, -(low + V(half_pi_low<V>)));
}
template <class V>
KOINE_INLINE V asin(V x) {
  AsinParts<V> a = asin_parts(x);
  return signed_as(select(a.far, far_asin(a), a.s + a.tail), x);
}
template <class V>
KOINE_INLINE V acos(V x) {
  AsinParts<V> a = asin_parts(x);
  V sum = a.s + a.tail;
  V near = V(half_pi<V>) - (copysign(sum, x) - V(half_pi_low<V>));
  V left = V(half_pi<V>) + far_asin(a) + V(half_pi_low<V>);
  return select(a.far, select(x < V(0.0), left, sum + sum), near);
}

/// atan(small / large) for 0 <= small <= large. In double precision for ratios above tan(pi / 8) by the difference from
/// pi / 4, which halves the series.
template <class V>
KOINE_INLINE V atan_of_ratio(V small, V large) {
  if constexpr (is_float<V>) {
    V t = small / large, z = t * t;
    return fma(polynomial(z, TableOf<V>::atan) * z, t, t);
  } else {
    auto far = small > V(0.4142135623730950488) * large;
    V t = select(far, small - large, small) / select(far, small + large, large), z = t * t;
    V low = select(far, V(half_pi_low<V> / 2), V(0.0)), high = select(far, V(half_pi<V> / 2), V(0.0));
    return high + (t + fma(polynomial(z, TableOf<V>::atan) * z, t, low));
  }
}
template <class V>
KOINE_INLINE V from_half_pi(V a) {
  return V(half_pi<V>) - (a - V(half_pi_low<V>));
}
template <class V>
KOINE_INLINE V atan(V x) {
  V y = abs(x), one = 1.0;
  auto swap = y > one;
  V a = atan_of_ratio(select(swap, one, y), select(swap, y, one));
  return signed_as(select(swap, from_half_pi(a), a), x);
}
/// The angle of the point (x, y).
template <class V>
KOINE_INLINE V atan2(V y, V x) {
  constexpr double infinity = FormatOf<V>::infinity, huge = is_float<V> ? 0x1p125 : 0x1p1020;
  V across = abs(x), up = abs(y);
  auto swap = up > across;
  V small = lesser(across, up), large = greater(across, up);
  // Two infinities are the same, and so are two zeros but for the ratio.
  auto infinite = small == V(infinity);
  small = select(infinite, V(1.0), small);
  large = select(infinite | (large == V(0.0)), V(1.0), large);
  V scale = select(large > V(huge), V(0.25), V(1.0));  // their sum stays finite
  V a = atan_of_ratio(small * scale, large * scale);
  a = select(swap, from_half_pi(a), a);
  a = select(copysign(V(1.0), x) < V(0.0), V(2.0) * from_half_pi(V(0.5) * a), a);
  return select((x == x) & (y == y), signed_as(a, y), x + y);
}

}  // namespace koine::backend::cpu::math
