#pragma once
#include "backend/cpu/math/rounding.h"

/// Sine, cosine and tangent of every argument. Payne and Hanek (1983): only those bits of 2/pi are multiplied that
/// count for the argument's exponent; a table has them. Payne-Hanek always, since code without branches would pay for
/// it anyway.
namespace koine::backend::cpu::math {

/// x = (4 m + quadrant) pi / 2 + r with |r| <= pi / 4.
template <class V>
struct Angle {
  V r;
  Whole<V> quadrant;
};

/// Of a float32 in double lanes; r is right to 2^-50 of itself. The products with the first pieces are exact.
template <class W>
KOINE_INLINE Angle<W> reduce_float(W x) {
  using Int = typename W::Int;
  Int group = (bits(greater(abs(x), W(2.0))) >> (Format<double>::mantissa + 4)) - Int(64);
  W a = lookup8(TwoOverPi::float_a, group), b = lookup8(TwoOverPi::float_b, group);
  W c = lookup8(TwoOverPi::float_c, group);
  W product = x * a;
  W first = product - ((product + W(0x1.8p54)) - W(0x1.8p54));  // without multiples of 4
  Whole<W> n = nearest_whole(fma(x, b, first), 1.0);
  W fraction = fma(x, c, fma(x, b, first - n.value));
  return {fraction * W(Table<double>::half_pi[0]), n};
}

template <class V>
KOINE_INLINE V sine_series(V r, V z) {
  return fma(polynomial(z, TableOf<V>::sin) * z, r, r);
}
template <class V>
KOINE_INLINE V cosine_series(V z) {
  return fma(fma(polynomial(z, TableOf<V>::cos), z, V(-0.5)), z, V(1.0));
}

/// r as high + low, |low| far below |high|, and the quadrant, of any float64.
template <class V>
struct ExactAngle {
  Pair<V> r;
  Whole<V> quadrant;
};
template <class V>
KOINE_INLINE V without_multiples_of_4(V x) {
  return x - V(4.0) * round(x * V(0.25));
}
template <class V>
KOINE_INLINE ExactAngle<V> reduce_double(V x) {
  using Int = typename V::Int;
  V y = abs(x);
  Int group = (bits(greater(y, V(1.0))) >> (Format<double>::mantissa + 4)) - Int(63);
  x = select(y >= V(0x1p497), x * V(0x1p-256), x);
  // The sum of the products, largest first. The low parts are added exactly as long as what came before may cancel.
  auto [a, a_low] = two_product(x, gather(TwoOverPi::double_a, group));
  auto [b, b_low] = two_product(x, gather(TwoOverPi::double_b, group));
  auto [c, c_low] = two_product(x, gather(TwoOverPi::double_c, group));
  V d = x * gather(TwoOverPi::double_d, group);
  Pair<V> s = two_sum(without_multiples_of_4(a), without_multiples_of_4(a_low));
  Pair<V> t = two_sum(s.high, without_multiples_of_4(b));
  Whole<V> n = nearest_whole(t.high, 1.0);
  Pair<V> u = two_sum(b_low, c);
  Pair<V> v = two_sum(t.high - n.value, u.high);
  Pair<V> w = two_sum(s.low, t.low);
  Pair<V> p = two_sum(v.high, w.high);
  V rest = ((w.low + p.low) + v.low) + (u.low + (c_low + d));
  Pair<V> f = two_sum(p.high, rest);
  Pair<V> r = two_product(f.high, V(Table<double>::half_pi[0]));
  r.low = r.low + fma(f.high, V(Table<double>::half_pi[1]), f.low * V(Table<double>::half_pi[0]));
  return {r, n};
}
template <class V>
KOINE_INLINE V sine_of(Pair<V> r) {
  V z = r.high * r.high;
  V cubic = fma(polynomial(z, TableOf<V>::sin) * z, r.high, fma(r.low * z, V(-0.5), r.low));
  return r.high + cubic;
}
/// As in FreeBSD's msun, k_cos.c (Sun Microsystems 1993): 1 - z / 2 with the part that its rounding lost.
template <class V>
KOINE_INLINE V cosine_of(Pair<V> r) {
  V z = r.high * r.high, half = V(0.5) * z, high = V(1.0) - half;
  V low = ((V(1.0) - high) - half) + fma(z * z, polynomial(z, TableOf<V>::cos), -(r.high * r.low));
  return high + low;
}

/// Of sine and cosine of r that of the angle `turned` quarters further on, with its sign.
template <class V>
KOINE_INLINE V turned(V sine, V cosine, typename V::Int quarters) {
  using Int = typename V::Int;
  constexpr int to_sign = sizeof(typename V::Element) * 8 - 2;
  V y = select((quarters & Int(1)) == Int(0), sine, cosine);
  return V::from_bits(bits(y) ^ ((quarters & Int(2)) << to_sign));
}
/// sin(x + quarters pi / 2)
template <class V>
KOINE_INLINE V sine_after(V x, int quarters) {
  using Int = typename V::Int;
  if constexpr (is_float<V>) {
    auto low = reduce_float(widen_low(x)), high = reduce_float(widen_high(x));
    V r = narrow(low.r, high.r), z = r * r;
    Whole<V> n = nearest_whole(narrow(low.quadrant.value, high.quadrant.value), 1.0);
    return turned(sine_series(r, z), cosine_series(z), n.low_bits + Int(quarters));
  } else {
    auto [r, n] = reduce_double(x);
    return turned(sine_of(r), cosine_of(r), n.low_bits + Int(quarters));
  }
}

template <class V>
KOINE_INLINE V sin(V x) {
  constexpr double tiny = is_float<V> ? 0x1p-12 : 0x1p-26;
  return select(abs(x) < V(tiny), x, sine_after(x, 0));
}
template <class V>
KOINE_INLINE V cos(V x) {
  return sine_after(x, 1);
}

/// Sine by cosine, or where the quadrant is odd -cosine by sine.
template <class V>
KOINE_INLINE V tangent_of(V sine, V cosine, Whole<V> n) {
  using Int = typename V::Int;
  auto even = (n.low_bits & Int(1)) == Int(0);
  return select(even, sine, -cosine) / select(even, cosine, sine);
}
/// Of a float32 in double lanes, by series that are long enough for float32.
template <class W>
KOINE_INLINE W tan_of_float(W x) {
  auto [r, n] = reduce_float(x);
  W z = r * r;
  W sine = fma(polynomial(z, Table<float>::sin) * z, r, r);
  W cosine = fma(fma(polynomial(z, Table<float>::cos), z, W(-0.5)), z, W(1.0));
  return tangent_of(sine, cosine, n);
}
template <class V>
KOINE_INLINE V tan(V x) {
  constexpr double tiny = is_float<V> ? 0x1p-13 : 0x1p-26;
  V y;
  if constexpr (is_float<V>) {
    y = narrow(tan_of_float(widen_low(x)), tan_of_float(widen_high(x)));
  } else {
    auto [r, n] = reduce_double(x);
    y = tangent_of(sine_of(r), cosine_of(r), n);
  }
  return select(abs(x) < V(tiny), x, y);
}

}  // namespace koine::backend::cpu::math
