#pragma once
#include "backend/cpu/math/coefficients.h"
#include "backend/cpu/math/inline.h"

#include <cstddef>
#include <cstdint>
#include <utility>

/// What the functions have in common: facts about the format, polynomials, sums and products without error.
namespace koine::backend::cpu::math {

template <class E>
struct Format;
template <>
struct Format<float> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr double largest = 0x1.fffffep127, least_normal = 0x1p-126, infinity = __builtin_inf();
  static constexpr double origin = 0x1.8p23;  // the last bits of origin + n are those of n
  static constexpr int64_t origin_bits = 0x4b400000, one_bits = 0x3f800000, sign_bit = 0x80000000,
                           half_root_bits = 0x3f3504f3;
  static constexpr double splitter = 0x1p12 + 1;
};
template <>
struct Format<double> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr double largest = 0x1.fffffffffffffp1023, least_normal = 0x1p-1022, infinity = __builtin_inf();
  static constexpr double origin = 0x1.8p52;
  static constexpr int64_t origin_bits = 0x4338000000000000, one_bits = 0x3ff0000000000000, sign_bit = INT64_MIN,
                           half_root_bits = 0x3fe6a09e667f3bcd;
  static constexpr double splitter = 0x1p27 + 1;
};
template <class V>
using FormatOf = Format<typename V::Element>;
template <class V>
using TableOf = Table<typename V::Element>;
template <class V>
inline constexpr bool is_float = FormatOf<V>::mantissa == 23;

/// c[0] + c[1] x + c[2] x^2 ... by Horner's rule: the fewest operations; other blocks of numbers fill its latency.
template <class V, size_t n>
KOINE_INLINE V polynomial(V x, const double (&c)[n]) {
  V sum = c[n - 1];
  [&]<size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
    ((sum = fma(sum, x, V(c[n - 2 - i]))), ...);
  }(std::make_index_sequence<n - 1>{});
  return sum;
}

/// A whole number as float and as integer. Only the low bits of the integer are right: its high ones are those of
/// Format::origin, which a shift to the place of the exponent drops.
template <class V>
struct Whole {
  V value;
  typename V::Int low_bits;
  KOINE_INLINE typename V::Int integer() const { return low_bits - typename V::Int(FormatOf<V>::origin_bits); }
};
/// x * factor rounded to a whole number, which has to be less than 2^22 or 2^51.
template <class V>
KOINE_INLINE Whole<V> nearest_whole(V x, double factor) {
  V shifted = fma(x, V(factor), V(FormatOf<V>::origin));
  return {shifted - V(FormatOf<V>::origin), bits(shifted)};
}

/// 2^n for an n whose power is a normal number.
template <class V>
KOINE_INLINE V power_of_two(typename V::Int n) {
  using Int = typename V::Int;
  return V::from_bits((n + Int(FormatOf<V>::bias)) << FormatOf<V>::mantissa);
}
/// x * 2^n with one rounding, for x between 1/2 and 2: the first of two products is exact.
template <class V>
KOINE_INLINE V scaled(V x, Whole<V> n) {
  if constexpr (V::has_scale) {
    return native_scale(x, n.value);
  } else {
    using Int = typename V::Int;
    Int all = n.integer(), half = ((all + Int(4096)) >> 1) - Int(2048);
    return x * power_of_two<V>(half) * power_of_two<V>(all - half);
  }
}

/// y, which is not negative, with the sign of x; and y negated where x has a sign.
template <class V>
KOINE_INLINE V signed_as(V y, V x) {
  using Int = typename V::Int;
  return V::from_bits(bits(y) | (bits(x) & Int(FormatOf<V>::sign_bit)));
}
template <class V>
KOINE_INLINE V flipped_as(V y, V x) {
  using Int = typename V::Int;
  return V::from_bits(bits(y) ^ (bits(x) & Int(FormatOf<V>::sign_bit)));
}

/// high + low, without a rounding between them.
template <class V>
struct Pair {
  V high, low;
};
/// a + b without error (Knuth, The Art of Computer Programming 2, section 4.2.2).
template <class V>
KOINE_INLINE Pair<V> two_sum(V a, V b) {
  V sum = a + b, from_b = sum - a;
  return {sum, (a - (sum - from_b)) + (b - from_b)};
}
/// The same where a is 0 or not smaller than b (Dekker 1971).
template <class V>
KOINE_INLINE Pair<V> fast_two_sum(V a, V b) {
  V sum = a + b;
  return {sum, b - (sum - a)};
}
/// a * b without error, but for underflow: by a fused product, or by halves (Dekker 1971).
template <class V>
KOINE_INLINE Pair<V> two_product(V a, V b) {
  V product = a * b;
  if constexpr (V::has_fma) {
    return {product, fma(a, b, -product)};
  } else {
    auto half = [](V x) __attribute__((always_inline)) {
      V t = x * V(FormatOf<V>::splitter);
      return t - (t - x);
    };
    V a1 = half(a), a2 = a - a1, b1 = half(b), b2 = b - b1;
    return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
  }
}

}  // namespace koine::backend::cpu::math
