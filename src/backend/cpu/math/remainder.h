#pragma once
#include "backend/cpu/math/rounding.h"

/// The remainder and the quotient that belongs to it, as Python has them. No step of a long division depends on the
/// operands: x mod y = (2^k mod m) (a mod m) mod m for mantissas a and m and the difference k of the exponents, and the
/// power is made of squares.
namespace koine::backend::cpu::math {

/// Arithmetic modulo a whole number m below 2^bits in double lanes, on residues between about -m / 2 and m / 2. All of
/// it is exact: quotients are right to one.
template <class W, int bits>
struct Modulus {
  W m, half, inverse;
  KOINE_INLINE explicit Modulus(W m) : m(m), half(W(0.5) * m), inverse(W(1.0) / m) {}

  /// A residue of at most m. Products of those below 2^24 are exact even so.
  KOINE_INLINE W centred(W r) const {
    if constexpr (bits == 24) {
      return r;
    } else {
      r = r - select(r > half, m, W(0.0));
      return r + select(r < -half, m, W(0.0));
    }
  }
  /// high + low, of which the second is small, modulo m.
  KOINE_INLINE W reduced(Pair<W> x) const {
    if constexpr (bits == 24) {
      return fma(-round(x.high * inverse), m, x.high);
    } else {
      Pair<W> multiple = two_product(round(x.high / m), m);
      return centred((x.high - multiple.high) + (x.low - multiple.low));
    }
  }
  KOINE_INLINE W product(W a, W b) const {
    if constexpr (bits == 24)
      return reduced({a * b, W(0.0)});
    else
      return reduced(two_product(a, b));
  }
};

/// |x| mod |y| of finite numbers, y not 0, in double lanes. Both have at most so many bits: 24 of a float32.
template <int bits_of_each, class W>
KOINE_INLINE W fmod_of_magnitudes(W x, W y) {
  using Int = typename W::Int;
  constexpr int mantissa = Format<double>::mantissa;
  constexpr double last_place = 1.0 / static_cast<double>(int64_t{1} << (bits_of_each - 1));
  constexpr int low_steps = bits_of_each == 24 ? 3 : 5;  // 2^k is the square of the square ... of 2^(k >> low_steps)
  auto magnitude = [](W v) __attribute__((always_inline)) {
    return select(v < W(Format<double>::least_normal), v * W(0x1p54), v);
  };
  W a = x, b = y, unscale = 1.0;
  Int back = 0;
  if constexpr (bits_of_each != 24) {  // a denormal float32 is a normal double
    a = magnitude(x);
    b = magnitude(y);
    unscale = select(y == b, W(1.0), W(0x1p-54));
    back = select(y == b, Int(0), Int(54)) - select(x == a, Int(0), Int(54));
  }
  Int k = ((bits(a) >> mantissa) - (bits(b) >> mantissa)) + back;
  auto integer = [](W v) __attribute__((always_inline)) {
    Int fraction = bits(v) & Int((int64_t{1} << mantissa) - 1);
    return W::from_bits(fraction | Int(int64_t{Format<double>::bias + bits_of_each - 1} << mantissa));
  };
  W whole = integer(b), r = integer(a);
  Modulus<W, bits_of_each> modulus(whole);
  r = modulus.centred(r - select(r >= whole, whole, W(0.0)));
  W power = modulus.reduced({power_of_two<W>(k >> low_steps), W(0.0)});
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    auto step = [&](int bit) __attribute__((always_inline)) {
      power = modulus.product(power, power);
      power = select((k & Int(int64_t{1} << bit)) == Int(0), power, modulus.centred(power + power));
    };
    (step(low_steps - 1 - i), ...);
  }(std::make_integer_sequence<int, low_steps>{});
  r = modulus.product(power, r);
  r = r + select(r < W(0.0), whole, W(0.0));
  // The last place of b, by the power of two in it.
  W unit = W::from_bits(bits(b) & Int(int64_t{2 * Format<double>::bias + 1} << mantissa)) * W(last_place);
  return select(x < y, x, r * unit * unscale);
}

template <class W>
struct Division {
  W quotient, remainder;
};
/// The meaning of both is that of src/ops/family/scalar_eval.cpp.
template <int bits_of_each, class W>
KOINE_INLINE Division<W> divided(W x, W y) {
  W zero = 0.0, a = abs(x), b = abs(y);
  W r = fmod_of_magnitudes<bits_of_each>(a, b);
  r = select((a < W(Format<double>::infinity)) & (b > zero), r, W(__builtin_nan("")));
  r = select(y == y, copysign(r, x), y);
  auto opposite = ((r < zero) & (y > zero)) | ((r > zero) & (y < zero));
  W remainder = select(r == zero, copysign(zero, y), select(opposite, r + y, r));
  W q = (x - r) / y;
  q = select(opposite, q - W(1.0), q);
  W below = floor(q);
  W quotient = select(q - below > W(0.5), below + W(1.0), below);
  quotient = select(q == zero, flipped_as(signed_as(zero, x), y), quotient);
  W infinity = Format<double>::infinity;
  quotient = select((a == infinity) | (b == infinity), floor(x / y), quotient);
  return {select(y == zero, flipped_as(x * W(Format<double>::infinity), y), quotient), remainder};
}

template <class V>
KOINE_INLINE V remainder(V x, V y) {
  if constexpr (is_float<V>)
    return narrow(divided<24>(widen_low(x), widen_low(y)).remainder,
                  divided<24>(widen_high(x), widen_high(y)).remainder);
  else
    return divided<53>(x, y).remainder;
}
template <class V>
KOINE_INLINE V floor_divide(V x, V y) {
  if constexpr (is_float<V>)
    return narrow(divided<24>(widen_low(x), widen_low(y)).quotient, divided<24>(widen_high(x), widen_high(y)).quotient);
  else
    return divided<53>(x, y).quotient;
}

}  // namespace koine::backend::cpu::math
