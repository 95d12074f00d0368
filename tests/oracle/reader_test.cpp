// The comparison decides what every oracle test sees, so its own rules are tested first.
#include "oracle/reader.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/dtype_traits.h"

namespace koine::oracle {
namespace {

template <class T>
bool equal(T got, T want, const Tolerance& tolerance = {}) {
  return differ(dtype_of<T>::value, {}, reinterpret_cast<const std::byte*>(&got),
                reinterpret_cast<const std::byte*>(&want), tolerance)
      .empty();
}

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
constexpr Tolerance one_ulp{.ulp = 1}, same_value{.bounded = true}, near{.bounded = true, .rel = 1e-3, .abs = 1e-6};

TEST_CASE("exact means the same value and the same sign of zero") {
  CHECK(equal(1.0f, 1.0f));
  CHECK_FALSE(equal(1.0f, std::nextafter(1.0f, 2.0f)));
  CHECK_FALSE(equal(0.0f, -0.0f));
  CHECK(equal(nan, -nan));
  CHECK_FALSE(equal(nan, 1.0f, near));
  CHECK_FALSE(equal(1.0f, nan, near));
  CHECK(equal(inf, inf));
  CHECK_FALSE(equal(int8_t{1}, int8_t{2}, near));
  CHECK(equal(std::complex<float>(0.0f, 1.0f), std::complex<float>(-0.0f, 1.0f)));
}

TEST_CASE("ulp counts neighbours, also through zero, never to infinity") {
  CHECK(equal(1.0f, std::nextafter(1.0f, 2.0f), one_ulp));
  CHECK_FALSE(equal(1.0f, 1.0f + 2 * std::numeric_limits<float>::epsilon(), one_ulp));
  CHECK_FALSE(equal(0.0, -0.0, one_ulp));
  const double tiny = std::numeric_limits<double>::denorm_min();
  CHECK(equal(0.0, -tiny, one_ulp));
  CHECK(equal(tiny, -tiny, Tolerance{.ulp = 2}));
  CHECK_FALSE(equal(tiny, -tiny, one_ulp));
  CHECK_FALSE(equal(std::numeric_limits<float>::max(), inf, one_ulp));
  CHECK_FALSE(equal(-1e308, 1e308, one_ulp));
  CHECK(equal(Float16(1.0f), Float16(1.0009765625f), one_ulp));
  CHECK_FALSE(equal(BFloat16(1.0f), BFloat16(1.015625f), one_ulp));
}

TEST_CASE("bounds are absolute plus relative, and do not see the sign of a zero") {
  CHECK(equal(0.0f, -0.0f, same_value));
  CHECK_FALSE(equal(1.0f, std::nextafter(1.0f, 2.0f), same_value));
  CHECK(equal(1.0005f, 1.0f, near));
  CHECK_FALSE(equal(1.002f, 1.0f, near));
  CHECK_FALSE(equal(inf, 1.0f, near));
  CHECK_FALSE(equal(1.0f, inf, near));
  CHECK_FALSE(equal(-inf, inf, near));
  CHECK(equal(std::complex<double>(100, 0), std::complex<double>(100, 0.05), near));
  CHECK_FALSE(equal(std::complex<double>(100, 0), std::complex<double>(100, 0.5), near));
}

TEST_CASE("every file loads, and its bytes fill its shapes") {
  size_t files = 0, cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(values_folder())) {
    const Values values = load(entry.path());
    CHECK(!values.reference.empty());
    CHECK(!values.cases.empty());
    for (const Case& one : values.cases) {
      for (const Tensor& out : one.outputs) {
        CHECK(differ(out.dtype, out.shape, out.bytes.data(), out.bytes.data(), {}) == "");
      }
    }
    ++files;
    cases += values.cases.size();
  }
  CHECK(files > 100);
  CHECK(cases > 2000);
}

}  // namespace
}  // namespace koine::oracle
