#pragma once
#include "backend/cpu/math/exp.h"

namespace koine::backend::cpu::math {

template <class V>
KOINE_INLINE V tanh(V x) {
  V y = abs(x), one = 1.0;
  if constexpr (is_float<V>) {
    // A series near 0; else 1 - 2 / (exp(2 y) + 1), whose errors the division makes small. 2 y = n log(2) + 2 r, and n
    // is so small that log(2) in two pieces is needed only where a product rounds.
    y = lesser(V(9.1), y);
    Whole<V> n = nearest_whole(y, 2 * log2_e);
    V r;
    if constexpr (V::has_fma)
      r = fma(n.value, V(-0.34657359027997264), y);
    else
      r = fma(n.value, V(-TableOf<V>::ln2[1] / 2), fma(n.value, V(-TableOf<V>::ln2[0] / 2), y));
    V e = fma(polynomial(r, TableOf<V>::exp_twice), r, one);
    e = V::from_bits(bits(e) + (n.low_bits << FormatOf<V>::mantissa));
    V far = one - V(2.0) / (e + one), z = y * y;
    V near = fma(y * z, polynomial(z, TableOf<V>::tanh), y);
    return signed_as(select(y >= V(0.5625), far, near), x);
  } else {
    V t = expm1_bounded(V(2.0) * lesser(V(20.0), y));
    return signed_as(select(y < V(0x1p-28), y, t / (t + V(2.0))), x);
  }
}

/// What sinh and cosh of y >= 0 are made of: exp(y) = 2^n (1 + cosh_rest + sinh_r). The powers are a quarter of 2^n and
/// of 2^-n, so that they stay in range.
template <class V>
struct HyperbolicParts {
  V cosh_rest, sinh_r, up, down;
};
template <class V>
KOINE_INLINE HyperbolicParts<V> hyperbolic_parts(V y) {
  using Int = typename V::Int;
  using F = FormatOf<V>;
  auto [n, r] = reduce_exp(y);
  V z = r * r;
  V up = V::from_bits((n.low_bits + Int(F::bias - 2)) << F::mantissa);
  // 2^-n is nothing beside 2^n long before it leaves the range.
  V down = select(n.value < V(64.0), V::from_bits((Int(F::bias - 2) - n.low_bits) << F::mantissa), V(0.0));
  return {polynomial(z, TableOf<V>::cosh) * z, fma(polynomial(z, TableOf<V>::sinh) * z, r, r), up, down};
}
template <class V>
KOINE_INLINE V sinh(V x) {
  constexpr double high = is_float<V> ? 89.7 : 710.7, tiny = is_float<V> ? 0x1p-13 : 0x1p-27;
  HyperbolicParts<V> p = hyperbolic_parts(lesser(V(high), abs(x)));
  V even = p.up - p.down, odd = p.up + p.down;
  V y = V(2.0) * (even + fma(p.cosh_rest, even, p.sinh_r * odd));
  return select(abs(x) < V(tiny), x, signed_as(y, x));
}
template <class V>
KOINE_INLINE V cosh(V x) {
  constexpr double high = is_float<V> ? 89.7 : 710.7;
  HyperbolicParts<V> p = hyperbolic_parts(lesser(V(high), abs(x)));
  V even = p.up + p.down, odd = p.up - p.down;
  return V(2.0) * (even + fma(p.cosh_rest, even, p.sinh_r * odd));
}

}  // namespace koine::backend::cpu::math
