#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "base/dtype_traits.h"

namespace koine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// One value through the block conversion, on addresses that are not aligned.
template <class To, class From>
To cast(From value) {
  std::byte source[sizeof(From) + 1];
  std::byte target[sizeof(To) + 1];
  std::memcpy(source + 1, &value, sizeof value);
  convert(dtype_of<From>::value, source + 1, dtype_of<To>::value, target + 1, 1);
  To result;
  std::memcpy(&result, target + 1, sizeof result);
  return result;
}

template <class Integer, class Float>
void check_saturation() {
  using Limits = std::numeric_limits<Integer>;
  CHECK(cast<Integer>(Float(infinity)) == Limits::max());
  CHECK(cast<Integer>(Float(-infinity)) == Limits::min());
  CHECK(cast<Integer>(Float(nan)) == 0);
  CHECK(cast<Integer>(Float(2.75)) == 2);
  CHECK(cast<Integer>(Float(-2.75)) == (Limits::is_signed ? static_cast<Integer>(-2) : 0));
  CHECK(cast<Integer>(Float(-0.0)) == 0);
  CHECK(cast<Integer>(Float(-0.75)) == 0);
}

TEST_CASE("floats become integers by truncation, saturated, NaN as 0") {
  const auto check_integer = [](auto tag) {
    using T = typename decltype(tag)::type;
    check_saturation<T, Float16>();
    check_saturation<T, BFloat16>();
    check_saturation<T, float>();
    check_saturation<T, double>();
  };
  for (int i = 0; i < dtype_count; ++i) {
    visit(static_cast<DType>(i), [&](auto tag) {
      using T = typename decltype(tag)::type;
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) check_integer(tag);
    });
  }
  CHECK(cast<int8_t>(127.9) == 127);
  CHECK(cast<int8_t>(128.0) == 127);
  CHECK(cast<int8_t>(-128.9) == -128);
  CHECK(cast<uint8_t>(255.5f) == 255);
  CHECK(cast<uint8_t>(256.0f) == 255);
  CHECK(cast<int64_t>(std::ldexp(1.0, 63)) == INT64_MAX);
  CHECK(cast<int64_t>(std::nextafter(std::ldexp(1.0, 63), 0.0)) == INT64_MAX - 1023);
  CHECK(cast<int64_t>(-std::ldexp(1.0, 63)) == INT64_MIN);
  CHECK(cast<uint64_t>(std::ldexp(1.0, 64)) == UINT64_MAX);
  CHECK(cast<uint64_t>(std::ldexp(1.0, 63)) == uint64_t{1} << 63);
}

TEST_CASE("integers wrap, and 64 bits stay exact") {
  CHECK(cast<int8_t>(int64_t{200}) == -56);
  CHECK(cast<uint8_t>(int32_t{-1}) == 255);
  CHECK(cast<int16_t>(uint64_t{65535}) == -1);
  CHECK(cast<uint64_t>(int64_t{-1}) == UINT64_MAX);
  CHECK(cast<int64_t>(UINT64_MAX) == -1);
  CHECK(cast<int64_t>(int64_t{(int64_t{1} << 60) + 1}) == (int64_t{1} << 60) + 1);
  CHECK(cast<uint64_t>(int64_t{(int64_t{1} << 60) + 1}) == (uint64_t{1} << 60) + 1);
  CHECK(cast<int32_t>(int64_t{(int64_t{1} << 60) + 7}) == 7);
}

TEST_CASE("a bool is what differs from zero") {
  CHECK(cast<bool>(nan));
  CHECK(cast<bool>(Float16(nan)));
  CHECK(cast<bool>(0.25));
  CHECK(cast<bool>(BFloat16(1e-30)));
  CHECK_FALSE(cast<bool>(-0.0));
  CHECK_FALSE(cast<bool>(Float16(-0.0)));
  CHECK(cast<bool>(int64_t{256}));
  CHECK(cast<bool>(int64_t{INT64_MIN}));
  CHECK(cast<bool>(std::complex<float>(0, 1)));
  CHECK(cast<bool>(std::complex<double>(nan, 0)));
  CHECK_FALSE(cast<bool>(std::complex<float>(0, -0.0f)));
  CHECK(cast<int32_t>(true) == 1);
  CHECK(cast<Float16>(true).bits == 0x3c00);
  CHECK(cast<std::complex<double>>(true) == std::complex<double>(1, 0));
}

TEST_CASE("complex numbers lose their imaginary part, real ones get a zero") {
  CHECK(cast<double>(std::complex<double>(1.5, 7)) == 1.5);
  CHECK(cast<int8_t>(std::complex<float>(-300, nan)) == -128);
  CHECK(cast<BFloat16>(std::complex<double>(1.5, 7)).bits == BFloat16(1.5).bits);
  CHECK(cast<std::complex<float>>(2.5) == std::complex<float>(2.5f, 0));
  CHECK(cast<std::complex<float>>(Float16(2.5)) == std::complex<float>(2.5f, 0));
  CHECK(cast<std::complex<float>>(std::complex<double>(0.1, 0.2)) == std::complex<float>(0.1f, 0.2f));
}

TEST_CASE("floating point numbers are rounded once") {
  const int64_t above_half = (int64_t{1} << 60) + (int64_t{1} << 52) + 1;
  CHECK(static_cast<double>(cast<BFloat16>(above_half)) == std::ldexp(129, 53));
  CHECK(static_cast<double>(cast<BFloat16>(-above_half)) == -std::ldexp(129, 53));
  CHECK(static_cast<double>(cast<BFloat16>(above_half - 1)) == std::ldexp(128, 53));
  CHECK(cast<float>(int64_t{(int64_t{1} << 60) + (int64_t{1} << 36) + 1}) ==
        std::ldexp(1.0f, 60) + std::ldexp(1.0f, 37));
  CHECK(cast<BFloat16>(UINT64_MAX).bits == BFloat16(std::ldexp(1, 64)).bits);
  CHECK(cast<BFloat16>(INT64_MIN).bits == BFloat16(-std::ldexp(1, 63)).bits);
  CHECK(cast<Float16>(UINT64_MAX).bits == 0x7c00);
  CHECK(cast<Float16>(1.0 + std::ldexp(1, -11) + std::ldexp(1, -40)).bits == 0x3c01);
  CHECK(cast<Float16>(BFloat16(1e30)).bits == 0x7c00);
  CHECK(cast<BFloat16>(Float16(65504.0)).bits == BFloat16(65504.0).bits);
  CHECK(cast<float>(1e300) == std::numeric_limits<float>::infinity());
}

TEST_CASE("every dtype holds small numbers, converts them to every other, and goes through its wide type") {
  for (int i = 0; i < dtype_count; ++i) {
    for (int j = 0; j < dtype_count; ++j) {
      const DType from = static_cast<DType>(i);
      const DType to = static_cast<DType>(j);
      CAPTURE(name(from));
      CAPTURE(name(to));
      const std::vector<double> numbers = {0, 1, 1, 0, 1};
      const int64_t n = static_cast<int64_t>(numbers.size());
      std::byte source[5 * 16];
      std::byte target[5 * 16];
      std::byte copy[5 * 16];
      store_wide(from, numbers.data(), n, source);
      convert(from, source, to, target, n);
      std::vector<double> back(numbers.size());
      load_wide(to, target, n, back.data());
      CHECK(back == numbers);
      visit_wide(to, [&](auto tag) {
        std::vector<typename decltype(tag)::type> wide(numbers.size());
        load_wide(to, target, n, wide.data());
        store_wide(to, wide.data(), n, copy);
        CHECK(std::memcmp(target, copy, numbers.size() * size_of(to)) == 0);
      });
    }
  }
  convert(float32, nullptr, float32, nullptr, 0);
}

TEST_CASE("wide integers wrap when they are stored") {
  const int64_t values[2] = {-129, 40000};
  int8_t bytes[2];
  store_wide(int8, values, 2, reinterpret_cast<std::byte*>(bytes));
  CHECK(bytes[0] == 127);
  CHECK(bytes[1] == 64);
}

}  // namespace
}  // namespace koine
