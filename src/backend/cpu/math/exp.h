#pragma once
#include "backend/cpu/math/arithmetic.h"

namespace koine::backend::cpu::math {

inline constexpr double log2_e = 0x1.71547652b82fep0;

/// x = n log(2) + rest, |rest| <= log(2) / 2 (Cody and Waite 1980, chapter 6).
template <class V>
struct ExpArgument {
  Whole<V> n;
  V rest;
};
template <class V>
KOINE_INLINE ExpArgument<V> reduce_exp(V x) {
  Whole<V> n = nearest_whole(x, log2_e);
  V rest = fma(n.value, V(-TableOf<V>::ln2[0]), x);
  return {n, fma(n.value, V(-TableOf<V>::ln2[1]), rest)};
}

template <class V>
KOINE_INLINE V exp(V x) {
  // Outside of these the result is 0 or infinite; a NaN passes. What becomes 0, as where a score is masked out, is not
  // computed: a product that underflows takes some processors longer than everything else here.
  constexpr double low = is_float<V> ? -104 : -746, high = is_float<V> ? 89 : 710;
  const auto vanishes = x < V(low);
  auto [n, r] = reduce_exp(select(vanishes, V(0.0), lesser(V(high), x)));
  V one = 1.0;
  return select(vanishes, V(0.0), scaled(fma(fma(polynomial(r, TableOf<V>::exp), r, one), r, one), n));
}

/// exp(x) - 1 = 2 (2^(n-1) - 1/2 + 2^(n-1) (r + r^2 q(r))): the first sum is exact, so that only small terms round.
/// For x of at most 89 or 710, where 2^n itself may be too large.
template <class V>
KOINE_INLINE V expm1_bounded(V x) {
  using Int = typename V::Int;
  auto [n, r] = reduce_exp(x);
  V power = V::from_bits((n.low_bits + Int(FormatOf<V>::bias - 1)) << FormatOf<V>::mantissa);
  auto [high, low] = fast_two_sum(power - V(0.5), power * r);
  return V(2.0) * (high + fma(power, r * r * polynomial(r, TableOf<V>::exp), low));
}
template <class V>
KOINE_INLINE V expm1(V x) {
  constexpr double low = is_float<V> ? -20 : -40, high = is_float<V> ? 89 : 710;
  constexpr double tiny = is_float<V> ? 0x1p-26 : 0x1p-55;
  V y = expm1_bounded(greater(V(low), lesser(V(high), x)));
  return select(abs(x) < V(tiny), x, y);
}

}  // namespace koine::backend::cpu::math
