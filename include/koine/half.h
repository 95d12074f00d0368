// The two 16-bit floating point formats, as storage. Arithmetic happens in float or double.
#pragma once

#include <cstdint>

namespace koine {

namespace detail {

// Rounds a double to the nearest value of a 16-bit format, ties to even, in one step: going through float would
// round twice. The quiet NaN keeps its sign and the upper bits of its payload.
template <int exponent_bits, int mantissa_bits>
constexpr uint16_t round_to_16_bits(double value) {
  constexpr int bias = (1 << (exponent_bits - 1)) - 1;
  constexpr int max_exponent = (1 << exponent_bits) - 1;
  const uint64_t bits = __builtin_bit_cast(uint64_t, value);
  const uint16_t sign = static_cast<uint16_t>((bits >> 63) << 15);
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (exponent == 0x7ff) {
    const uint64_t infinity = static_cast<uint64_t>(max_exponent) << mantissa_bits;
    if (fraction == 0) return static_cast<uint16_t>(sign | infinity);
    const uint64_t quiet = uint64_t{1} << (mantissa_bits - 1);
    return static_cast<uint16_t>(sign | infinity | quiet | (fraction >> (52 - mantissa_bits)));
  }
  // Doubles below the normal range of double are far below the smallest value of either format.
  if (exponent == 0) return sign;
  const int target = exponent - 1023 + bias;
  const uint64_t mantissa = fraction | (uint64_t{1} << 52);
  const int shift = 52 - mantissa_bits + (target > 0 ? 0 : 1 - target);
  if (shift > 54) return sign;
  const uint64_t half = uint64_t{1} << (shift - 1);
  const uint64_t rest = mantissa & ((half << 1) - 1);
  uint64_t result = mantissa >> shift;
  if (rest > half || (rest == half && (result & 1) != 0)) ++result;
  // The hidden bit adds one to the exponent field, and so does a carry out of the mantissa.
  if (target > 0) result += static_cast<uint64_t>(target - 1) << mantissa_bits;
  const uint64_t infinity = static_cast<uint64_t>(max_exponent) << mantissa_bits;
  return static_cast<uint16_t>(sign | (result < infinity ? result : infinity));
}

// The exact value of a 16-bit format as a float.
template <int exponent_bits, int mantissa_bits>
constexpr float widen_16_bits(uint16_t bits) {
  constexpr int bias = (1 << (exponent_bits - 1)) - 1;
  constexpr uint32_t max_exponent = (1u << exponent_bits) - 1;
  const uint32_t sign = static_cast<uint32_t>(bits >> 15) << 31;
  const uint32_t exponent = (bits >> mantissa_bits) & max_exponent;
  const uint32_t mantissa = static_cast<uint32_t>(bits & ((1u << mantissa_bits) - 1)) << (23 - mantissa_bits);
  if (exponent == max_exponent) return __builtin_bit_cast(float, sign | 0x7f800000u | mantissa);
  if constexpr (bias == 127) return __builtin_bit_cast(float, sign | exponent << 23 | mantissa);
  if (exponent != 0) return __builtin_bit_cast(float, sign | (exponent + 127 - bias) << 23 | mantissa);
  if (mantissa == 0) return __builtin_bit_cast(float, sign);
  const int shift = __builtin_clz(mantissa) - 8;
  const uint32_t normal = (mantissa << shift) & 0x7fffffu;
  return __builtin_bit_cast(float, sign | static_cast<uint32_t>(128 - bias - shift) << 23 | normal);
}

}  // namespace detail

/// IEEE 754 binary16: 5 exponent bits, 10 mantissa bits.
struct Float16 {
  uint16_t bits = 0;

  constexpr Float16() = default;
  /// Rounds to nearest even; too large values become infinite.
  constexpr explicit Float16(double value) : bits(detail::round_to_16_bits<5, 10>(value)) {}
  constexpr explicit Float16(float value) : Float16(static_cast<double>(value)) {}
  constexpr explicit operator float() const { return detail::widen_16_bits<5, 10>(bits); }
  constexpr explicit operator double() const { return static_cast<float>(*this); }
  static constexpr Float16 from_bits(uint16_t bits) {
    Float16 result;
    result.bits = bits;
    return result;
  }
};

/// The upper half of an IEEE 754 binary32: 8 exponent bits, 7 mantissa bits.
struct BFloat16 {
  uint16_t bits = 0;

  constexpr BFloat16() = default;
  /// Rounds to nearest even; too large values become infinite.
  constexpr explicit BFloat16(double value) : bits(detail::round_to_16_bits<8, 7>(value)) {}
  constexpr explicit BFloat16(float value) : BFloat16(static_cast<double>(value)) {}
  constexpr explicit operator float() const { return detail::widen_16_bits<8, 7>(bits); }
  constexpr explicit operator double() const { return static_cast<float>(*this); }
  static constexpr BFloat16 from_bits(uint16_t bits) {
    BFloat16 result;
    result.bits = bits;
    return result;
  }
};

}  // namespace koine
