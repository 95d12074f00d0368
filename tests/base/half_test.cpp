#include <koine/half.h>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace koine {
namespace {

// The value of a 16-bit pattern by the definition of the format.
double value_of(uint16_t bits, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const int mantissa = bits & ((1 << mantissa_bits) - 1);
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) {
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}

template <class Half>
void check_all(int exponent_bits, int mantissa_bits) {
  int wrong = 0;
  for (int i = 0; i < 65536; ++i) {
    const uint16_t bits = static_cast<uint16_t>(i);
    const Half half = Half::from_bits(bits);
    const double expected = value_of(bits, exponent_bits, mantissa_bits);
    if (std::isnan(expected)) {
      const Half back(static_cast<float>(half));
      wrong += !std::isnan(static_cast<float>(half)) || !std::isnan(static_cast<double>(back));
      wrong += (back.bits >> 15) != (bits >> 15);
      continue;
    }
    wrong += static_cast<float>(half) != expected || static_cast<double>(half) != expected;
    wrong += std::signbit(static_cast<float>(half)) != std::signbit(expected);
    wrong += Half(static_cast<float>(half)).bits != bits || Half(static_cast<double>(half)).bits != bits;
  }
  CHECK(wrong == 0);
}

// Between every two neighbours: the middle goes to the even one, and everything beside it to the nearer one.
template <class Half>
void check_rounding(int exponent_bits, int mantissa_bits) {
  const int infinity = ((1 << exponent_bits) - 1) << mantissa_bits;
  int wrong = 0;
  for (int i = 0; i < infinity; ++i) {
    const double low = value_of(static_cast<uint16_t>(i), exponent_bits, mantissa_bits);
    const double step = i + 1 < infinity ? value_of(static_cast<uint16_t>(i + 1), exponent_bits, mantissa_bits) - low
                                         : low - value_of(static_cast<uint16_t>(i - 1), exponent_bits, mantissa_bits);
    const double middle = low + step / 2;
    const int even = i % 2 == 0 ? i : i + 1;
    wrong += Half(middle).bits != even;
    wrong += Half(std::nextafter(middle, 0.0)).bits != i;
    wrong += Half(std::nextafter(middle, 2 * middle)).bits != i + 1;
    wrong += Half(-middle).bits != (even | 0x8000);
    if (middle == static_cast<float>(middle)) {
      wrong += Half(static_cast<float>(middle)).bits != even;
      wrong += Half(std::nextafter(static_cast<float>(middle), 0.0f)).bits != i;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("every float16 and bfloat16 has its value and comes back from float and double") {
  check_all<Float16>(5, 10);
  check_all<BFloat16>(8, 7);
}

TEST_CASE("rounding to 16 bits is to nearest even, once, at every value") {
  check_rounding<Float16>(5, 10);
  check_rounding<BFloat16>(8, 7);
}

TEST_CASE("rounding through float would be wrong here") {
  // The middle of two float16 plus less than half a unit of float.
  const double value = 1.0 + std::ldexp(1, -11) + std::ldexp(1, -40);
  CHECK(Float16(value).bits == 0x3c01);
  CHECK(Float16(static_cast<float>(value)).bits == 0x3c00);
  CHECK(BFloat16(1.0 + std::ldexp(1, -8) + std::ldexp(1, -40)).bits == 0x3f81);
}

TEST_CASE("the ends of the 16-bit formats") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(Float16(65504.0).bits == 0x7bff);
  CHECK(Float16(65519.9).bits == 0x7bff);
  CHECK(Float16(65520.0).bits == 0x7c00);
  CHECK(Float16(1e300).bits == 0x7c00);
  CHECK(Float16(-infinity).bits == 0xfc00);
  CHECK(Float16(std::ldexp(1, -24)).bits == 1);
  CHECK(Float16(std::ldexp(1, -25)).bits == 0);
  CHECK(Float16(std::nextafter(std::ldexp(1, -25), 1.0)).bits == 1);
  CHECK(Float16(-1e-300).bits == 0x8000);
  CHECK(Float16(-std::numeric_limits<double>::denorm_min()).bits == 0x8000);
  CHECK(BFloat16(std::numeric_limits<float>::max()).bits == 0x7f80);
  CHECK(BFloat16(1e300).bits == 0x7f80);
  CHECK(BFloat16(std::numeric_limits<float>::denorm_min()).bits == 0);
  CHECK(BFloat16(-infinity).bits == 0xff80);
  static_assert(static_cast<float>(Float16(0.5)) == 0.5f);
}

}  // namespace
}  // namespace koine
