#include <koine/error.h>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <type_traits>

#include "base/format.h"

namespace koine {
namespace {

template <class E>
void check_error() {
  static_assert(std::is_base_of_v<Error, E> && std::is_base_of_v<std::exception, E>);
  static_assert(std::is_nothrow_copy_constructible_v<E> && std::is_nothrow_copy_assignable_v<E>);
  try {
    throw E("what happened");
  } catch (const Error& error) {
    CHECK(dynamic_cast<const E*>(&error) != nullptr);
    CHECK(std::string(error.what()) == "what happened");
  }
}

TEST_CASE("errors are thrown, caught as Error and keep their text") {
  check_error<ShapeError>();
  check_error<DTypeError>();
  check_error<IndexError>();
  check_error<ValueError>();
  check_error<TraceError>();
  check_error<NotDifferentiable>();
  check_error<FormatError>();
  check_error<ConfigError>();
  check_error<OutOfMemory>();
  check_error<DeviceError>();
  check_error<IoError>();
}

TEST_CASE("copies of an error share its text") {
  Error first("one");
  {
    const Error second("two");
    const Error third = second;
    first = second;
    CHECK(third.what() == second.what());
  }
  const Error& alias = first;
  first = alias;
  CHECK(std::string(first.what()) == "two");
}

struct Named {
  friend std::string to_string(const Named&) { return "named"; }
};

TEST_CASE("cat joins numbers, text and whatever has to_string") {
  CHECK(cat() == "");
  CHECK(cat("a", 1, ' ', -2.5, ' ', std::string("b"), std::string_view("c"), Named{}, ' ', true) ==
        "a1 -2.5 bcnamed true");
  CHECK(cat(INT64_MIN, ' ', UINT64_MAX, ' ', uint8_t{7}) == "-9223372036854775808 18446744073709551615 7");
  CHECK(cat(0.1f, ' ', 0.1, ' ', 1e300) == "0.1 0.1 1e+300");
}

TEST_CASE("nearest forgives a third of the letters, swapped neighbours and case") {
  constexpr std::array<std::string_view, 4> words = {"axis", "keepdims", "tanh", "atanh"};
  CHECK(nearest("axes", words) == "axis");
  CHECK(nearest("keepdim", words) == "keepdims");
  CHECK(nearest("KeepDims", words) == "keepdims");
  CHECK(nearest("tnah", words) == "tanh");
  CHECK(nearest("tanh", words) == "tanh");
  CHECK(nearest("softmax", words) == "");
  CHECK(nearest("x", words) == "");
  CHECK(nearest("", words) == "");
  CHECK(nearest("axis", {}) == "");
  CHECK(did_you_mean("axes", words) == ", did you mean 'axis'?");
  CHECK(did_you_mean("softmax", words) == "");
}

}  // namespace
}  // namespace koine
