#pragma once
#include "backend/cpu/math/arithmetic.h"

namespace koine::backend::cpu::math {

/// x = 2^exponent (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), for positive normal x; f is exact.
template <class V>
struct LogArgument {
  V f, exponent;
  typename V::Int biased;
};
template <class V>
KOINE_INLINE LogArgument<V> reduce_log(V x) {
  using Int = typename V::Int;
  using F = FormatOf<V>;
  // Adding 1 - sqrt(1/2), as bits, carries into the exponent where the mantissa is above sqrt(2).
  Int shifted = bits(x) + Int(F::one_bits - F::half_root_bits), biased = shifted >> F::mantissa;
  Int fraction = shifted & Int((int64_t{1} << F::mantissa) - 1);
  return {V::from_bits(fraction + Int(F::half_root_bits)) - V(1.0), V::from_int(biased) - V(F::bias), biased};
}
/// The same for denormal x too.
template <class V>
KOINE_INLINE LogArgument<V> reduce_log_of_any(V x) {
  constexpr double shift = FormatOf<V>::mantissa + 2;
  auto small = x < V(FormatOf<V>::least_normal);
  LogArgument<V> a = reduce_log(select(small, x * V(static_cast<double>(int64_t{1} << int(shift))), x));
  a.exponent = V::from_int(a.biased) - select(small, V(FormatOf<V>::bias + shift), V(FormatOf<V>::bias));
  return a;
}

/// log(1 + f) - f. In double precision by the series of 2 atanh(f / (2 + f)), which needs half as many terms; its
/// leading terms are put together as in FreeBSD's msun, e_log.c (Sun Microsystems 1993).
template <class V>
KOINE_INLINE V log1p_excess(V f) {
  if constexpr (is_float<V>) {
    return f * f * polynomial(f, TableOf<V>::log);
  } else {
    V s = f / (V(2.0) + f), z = s * s, half = V(0.5) * f * f;
    return fma(s, fma(polynomial(z, TableOf<V>::log), z, half), -half);
  }
}
template <class V>
KOINE_INLINE V log_of(LogArgument<V> a, V excess) {
  V small = fma(a.exponent, V(TableOf<V>::ln2[1]), excess);
  return fma(a.exponent, V(TableOf<V>::ln2[0]), a.f + small);
}
/// The logarithm where x is not a positive number.
template <class V>
KOINE_INLINE V log_edges(V x, V regular) {
  constexpr double infinity = FormatOf<V>::infinity;
  V y = select(x < V(infinity), regular, x);  // infinity and NaN
  y = select(x <= V(0.0), V(-infinity), y);
  return select(x < V(0.0), V(__builtin_nan("")), y);
}

template <class V>
KOINE_INLINE V log(V x) {
  LogArgument<V> a = reduce_log_of_any(x);
  V y;
  if constexpr (is_float<V> && V::has_fma)  // log(2) happens to be near a float32, and the exponent's product is exact
    y = fma(a.exponent, V(0.6931471805599453), fma(a.f * a.f, polynomial(a.f, TableOf<V>::log), a.f));
  else
    y = log_of(a, log1p_excess(a.f));
  return log_edges(x, y);
}

/// log(2^exponent (high + low)) of a normal number, with the low part counting in full.
template <class V>
KOINE_INLINE V log_of_sum(Pair<V> x, V exponent) {
  using Int = typename V::Int;
  using F = FormatOf<V>;
  LogArgument<V> a = reduce_log(x.high);
  // 2^(1 - exponent): of the largest numbers 2^-exponent is not normal.
  V unscale = V::from_bits((Int(2 * F::bias + 1) - a.biased) << F::mantissa);
  auto [f, rest] = two_sum(a.f, V(0.5) * x.low * unscale);
  a.f = f;
  a.exponent = a.exponent + exponent;
  return log_of(a, log1p_excess(f) + fma(-rest, f, rest));
}
template <class V>
KOINE_INLINE V log1p(V x) {
  constexpr double tiny = is_float<V> ? 0x1p-26 : 0x1p-55;
  V y = log_edges(V(1.0) + x, log_of_sum(two_sum(V(1.0), x), V(0.0)));
  return select(abs(x) < V(tiny), x, y);
}

/// f / log(2) is f and less than half of f, so that the product's rounding counts less.
template <class V>
KOINE_INLINE V log2(V x) {
  LogArgument<V> a = reduce_log_of_any(x);
  V small = fma(log1p_excess(a.f), V(TableOf<V>::log2_e[0]), a.f * V(TableOf<V>::log2_e[1]));
  return log_edges(x, a.exponent + (a.f + small));
}

}  // namespace koine::backend::cpu::math
