#pragma once
#include "backend/cpu/math/exp.h"
#include "backend/cpu/math/log.h"
#include "backend/cpu/math/rounding.h"

namespace koine::backend::cpu::math {

/// sqrt(x^2 + y^2), scaled by a power of two where a square would leave the range.
template <class V>
KOINE_INLINE V hypot(V x, V y) {
  constexpr double huge = is_float<V> ? 0x1p60 : 0x1p500, tiny = is_float<V> ? 0x1p-50 : 0x1p-500;
  constexpr double down = is_float<V> ? 0x1p-70 : 0x1p-600, up = is_float<V> ? 0x1p100 : 0x1p700;
  constexpr double infinity = FormatOf<V>::infinity;
  V a = abs(x), b = abs(y), large = greater(a, b), small = lesser(a, b);
  auto is_huge = large > V(huge), is_tiny = large < V(tiny);
  V scale = select(is_huge, V(down), select(is_tiny, V(up), V(1.0)));
  V unscale = select(is_huge, V(1 / down), select(is_tiny, V(1 / up), V(1.0)));
  large = large * scale;
  small = small * scale;
  V r = unscale * sqrt(fma(large, large, small * small));
  r = select((x == x) & (y == y), r, x + y);
  return select((a == V(infinity)) | (b == V(infinity)), V(infinity), r);
}

/// log(x) as high + low, to about 2^-65 of itself: 2 s + s^3 (2/3 + ...) with s = f / (2 + f), where all that the error
/// of a double would be too large in has a low part.
template <class V>
KOINE_INLINE Pair<V> precise_log(V x) {
  LogArgument<V> argument = reduce_log_of_any(x);
  V f = argument.f;
  Pair<V> d = fast_two_sum(V(2.0), f);
  V s = f / d.high;
  Pair<V> back = two_product(s, d.high);
  V s_low = (((f - back.high) - back.low) - s * d.low) / d.high;
  Pair<V> z = two_product(s, s);
  z.low = fma(s + s, s_low, z.low);
  Pair<V> cubic = fast_two_sum(V(2.0 / 3), fma(polynomial(z.high, TableOf<V>::precise_log), z.high, V(0x1p-53 / 3)));
  Pair<V> tail = two_product(z.high, cubic.high);
  tail.low = tail.low + fma(z.high, cubic.low, z.low * cubic.high);
  Pair<V> sum = fast_two_sum(V(2.0), tail.high);
  sum.low = sum.low + tail.low;
  Pair<V> result = two_product(s, sum.high);
  result.low = result.low + fma(s, sum.low, s_low * sum.high);
  Pair<V> whole = fast_two_sum(argument.exponent * V(TableOf<V>::ln2[0]), result.high);
  whole.low = whole.low + fma(argument.exponent, V(TableOf<V>::ln2[1]), result.low);
  return whole;
}
/// x^y for x > 0, y of at most 2^80.
template <class V>
KOINE_INLINE V power_regular(V x, V y) {
  Pair<V> l = precise_log(x);
  Pair<V> product = two_product(y, l.high);
  product.low = fma(y, l.low, product.low);
  V bounded = greater(V(-746.0), lesser(V(710.0), product.high));
  auto [n, r] = reduce_exp(bounded);
  r = r + select(bounded == product.high, product.low, V(0.0));
  V one = 1.0;
  return scaled(fma(fma(polynomial(r, TableOf<V>::exp), r, one), r, one), n);
}
/// The same for float32 in double lanes, with an error below 2^-27.
template <class W>
KOINE_INLINE W power_of_float(W x, W y) {
  LogArgument<W> a = reduce_log(x);
  W product = y * log_of(a, log1p_excess(a.f));
  auto [n, r] = reduce_exp(greater(W(-746.0), lesser(W(710.0), product)));
  W one = 1.0;
  return scaled(fma(fma(polynomial(r, Table<float>::exp), r, one), r, one), n);
}

/// x^y with the edges of C, annex F.10.4.4.
template <class V>
KOINE_INLINE V power(V x, V y) {
  constexpr double infinity = FormatOf<V>::infinity;
  V a = abs(x), zero = 0.0, one = 1.0;
  V bounded = greater(V(-0x1p80), lesser(V(0x1p80), y));  // beyond, the result is 0, 1 or infinite anyway
  V r;
  if constexpr (is_float<V>)
    r = narrow(power_of_float(widen_low(a), widen_low(bounded)), power_of_float(widen_high(a), widen_high(bounded)));
  else
    r = power_regular(a, bounded);
  r = select(a == zero, select(y < zero, V(infinity), zero), r);
  r = select(a == V(infinity), select(y < zero, zero, V(infinity)), r);
  V half = V(0.5) * y;
  auto whole = trunc(y) == y, odd = whole & (trunc(half) != half);
  r = select(odd, copysign(r, x), r);
  r = select((x < zero) & (x > V(-infinity)) & !whole, V(__builtin_nan("")), r);
  r = select((x == x) & (y == y), r, x + y);
  return select((y == zero) | (x == one), one, r);
}

}  // namespace koine::backend::cpu::math
