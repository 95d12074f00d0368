#pragma once
#include "backend/cpu/math/rounding.h"

/// Sine, cosine and tangent of every argument. Payne and Hanek (1983): only those bits of 2/pi are multiplied that
/// count for the argument's exponent; a table has them. Payne-Hanek always, since code without branches would pay for
/// it anyway.
namespace koine::backend::cpu::math {

/// x = n pi / 2 + r with |r| not much above pi / 4. Of n the last two bits count.
template <class V>
struct Angle {
  V r;
  typename V::Int n;
};

/// Of a float32 x >= 0 in double lanes; r is right to 2^-50 of itself. The products with the first two pieces are
/// exact, and so is the first difference: n is where both together are near a whole number.
template <class W>
KOINE_INLINE Angle<W> reduce_float(W x) {
  using Int = typename W::Int;
  Int group = (bits(greater(x, W(2.0))) >> (Format<double>::mantissa + 4)) - Int(64);
  W a = lookup8(TwoOverPi::float_a, group), b = lookup8(TwoOverPi::float_b, group);
  W c = lookup8(TwoOverPi::float_c, group);
  W first = x * a;
  Whole<W> n = nearest_whole(fma(x, b, first), 1.0);
  W fraction = fma(x, c, fma(x, b, first - n.value));
  return {fraction * W(Table<double>::half_pi[0]), n.low_bits};
}

template <class V>
KOINE_INLINE V sine_series(V r, V z) {
  return fma(polynomial(z, TableOf<V>::sin) * z, r, r);
}
template <class V>
KOINE_INLINE V cosine_series(V z) {
  return fma(fma(polynomial(z, TableOf<V>::cos), z, V(-0.5)), z, V(1.0));
}

/// The same of any float64, with r as high + low.
template <class V>
struct ExactAngle {
  Pair<V> r;
  typename V::Int n;
};
template <class V>
KOINE_INLINE V without_multiples_of_4(V x) {
  return x - V(4.0) * round(x * V(0.25));
}
template <class V>
KOINE_INLINE ExactAngle<V> reduce_double(V x) {
  using Int = typename V::Int;
  Int group = (bits(greater(x, V(1.0))) >> (Format<double>::mantissa + 4)) - Int(63);
  x = select(x >= V(0x1p497), x * V(0x1p-256), x);
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
  return {r, n.low_bits};
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

/// Of sine and cosine of r that of the angle `quarters` further on, with its sign and that of `sign`.
template <class V>
KOINE_INLINE V turned(V sine, V cosine, typename V::Int quarters, typename V::Int sign) {
  using Int = typename V::Int;
  constexpr int top = sizeof(typename V::Element) * 8 - 1;
  V y = select((quarters & Int(1)) == Int(0), sine, cosine);
  return V::from_bits(bits(y) ^ (((quarters << (top - 1)) ^ sign) & Int(int64_t{1} << top)));
}
template <class V>
struct SineAndCosine {
  V sine, cosine;
  typename V::Int n;
};
template <class V>
KOINE_INLINE SineAndCosine<V> sine_and_cosine(V magnitude) {
  if constexpr (is_float<V>) {
    auto low = reduce_float(widen_low(magnitude)), high = reduce_float(widen_high(magnitude));
    V r = narrow(low.r, high.r), z = r * r;
    return {sine_series(r, z), cosine_series(z), narrow(low.n, high.n)};
  } else {
    auto [r, n] = reduce_double(magnitude);
    return {sine_of(r), cosine_of(r), n};
  }
}

/// The functions of a denormal float64, whose products with pieces of 2/pi would round. Of a float32 they do not.
template <class V>
KOINE_INLINE V small_as(V x, V magnitude, V y) {
  if constexpr (is_float<V>)
    return y;
  else
    return select(magnitude < V(0x1p-27), x, y);
}

template <class V>
KOINE_INLINE V sin(V x) {
  V magnitude = abs(x);
  auto [sine, cosine, n] = sine_and_cosine(magnitude);
  return small_as(x, magnitude, turned(sine, cosine, n, bits(x)));
}
template <class V>
KOINE_INLINE V cos(V x) {
  using Int = typename V::Int;
  auto [sine, cosine, n] = sine_and_cosine(abs(x));
  return turned(sine, cosine, n + Int(1), Int(0));
}

/// Sine by cosine, or where n is odd -cosine by sine.
template <class V>
KOINE_INLINE V tangent_of(V sine, V cosine, typename V::Int n) {
  using Int = typename V::Int;
  auto even = (n & Int(1)) == Int(0);
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
  V magnitude = abs(x), y;
  if constexpr (is_float<V>) {
    y = narrow(tan_of_float(widen_low(magnitude)), tan_of_float(widen_high(magnitude)));
  } else {
    auto [sine, cosine, n] = sine_and_cosine(magnitude);
    y = tangent_of(sine, cosine, n);
  }
  return small_as(x, magnitude, flipped_as(y, x));
}

}  // namespace koine::backend::cpu::math
