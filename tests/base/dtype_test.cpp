#include <koine/dtype.h>
#include <koine/error.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/dtype_traits.h"
#include "base/promotion.h"

namespace koine {
namespace {

DType at(int i) { return static_cast<DType>(i); }

// The rules of promotion as sentences, against which the table is read.
DType promoted(DType a, DType b) {
  if (a == b || is_bool(b)) return a;
  if (is_bool(a)) return b;
  if (is_inexact(a) != is_inexact(b)) return is_inexact(a) ? a : b;
  if (is_integer(a)) {
    const DType wider = size_of(a) >= size_of(b) ? a : b;
    if (is_signed_integer(a) == is_signed_integer(b)) return wider;
    const int signed_bits = bits_of(is_signed_integer(a) ? a : b);
    const int unsigned_bits = bits_of(is_signed_integer(a) ? b : a);
    const int needed = std::max(signed_bits, 2 * unsigned_bits);
    if (needed > 64) return detail::no_dtype;
    return needed == 16 ? int16 : needed == 32 ? int32 : int64;
  }
  const bool is_double = real_of(a) == float64 || real_of(b) == float64;
  if (is_complex(a) || is_complex(b)) return is_double ? complex128 : complex64;
  return is_double ? float64 : float32;
}

TEST_CASE("promote follows the rules for every pair") {
  for (int i = 0; i < dtype_count; ++i) {
    for (int j = 0; j < dtype_count; ++j) {
      CAPTURE(name(at(i)));
      CAPTURE(name(at(j)));
      const DType expected = promoted(at(i), at(j));
      if (expected == detail::no_dtype) {
        CHECK_THROWS_AS(promote(at(i), at(j)), DTypeError);
      } else {
        CHECK(promote(at(i), at(j)) == expected);
      }
    }
  }
}

TEST_CASE("promotion is associative where it is defined") {
  const auto& rows = detail::promotion_table.rows;
  const auto join = [&](DType a, DType b) {
    const bool defined = a != detail::no_dtype && b != detail::no_dtype;
    return defined ? rows[static_cast<int>(a)][static_cast<int>(b)] : detail::no_dtype;
  };
  for (int i = 0; i < dtype_count; ++i) {
    for (int j = 0; j < dtype_count; ++j) {
      for (int k = 0; k < dtype_count; ++k) {
        const DType left = join(join(at(i), at(j)), at(k));
        const DType right = join(at(i), join(at(j), at(k)));
        if (left != detail::no_dtype && right != detail::no_dtype) CHECK(left == right);
      }
    }
  }
}

TEST_CASE("a plain number changes the dtype only when its kind does not fit") {
  for (int i = 0; i < dtype_count; ++i) CHECK(promote_weak(at(i), Kind::bool_) == at(i));
  CHECK(promote_weak(bool_, Kind::integer) == int64);
  CHECK(promote_weak(uint8, Kind::integer) == uint8);
  CHECK(promote_weak(float16, Kind::integer) == float16);
  CHECK(promote_weak(complex64, Kind::integer) == complex64);
  CHECK(promote_weak(bool_, Kind::floating) == float32);
  CHECK(promote_weak(int64, Kind::floating) == float32);
  CHECK(promote_weak(bfloat16, Kind::floating) == bfloat16);
  CHECK(promote_weak(complex128, Kind::floating) == complex128);
  CHECK(promote_weak(bool_, Kind::complex) == complex64);
  CHECK(promote_weak(int8, Kind::complex) == complex64);
  CHECK(promote_weak(float16, Kind::complex) == complex64);
  CHECK(promote_weak(float32, Kind::complex) == complex64);
  CHECK(promote_weak(float64, Kind::complex) == complex128);
  CHECK(promote_weak(complex128, Kind::complex) == complex128);
}

TEST_CASE("names are read back, and a wrong one gets a suggestion") {
  for (int i = 0; i < dtype_count; ++i) CHECK(dtype_from_name(name(at(i))) == at(i));
  CHECK(name(bool_) == "bool");
  CHECK(to_string(bfloat16) == "bfloat16");
  CHECK_THROWS_WITH_AS(dtype_from_name("flot32"), "unknown dtype 'flot32', did you mean 'float32'?", DTypeError);
  CHECK_THROWS_WITH_AS(dtype_from_name("tensor"), "unknown dtype 'tensor'", DTypeError);
}

TEST_CASE("kinds, sizes and storage types agree") {
  for (int i = 0; i < dtype_count; ++i) {
    const DType dtype = at(i);
    CAPTURE(name(dtype));
    visit(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      CHECK(dtype_of<T>::value == dtype);
      CHECK(sizeof(T) == size_of(dtype));
      CHECK(is_floating(dtype) == is_floating_type<T>);
      CHECK(is_complex(dtype) == is_complex_type<T>);
      CHECK(is_integer(dtype) == (std::is_integral_v<T> && !std::is_same_v<T, bool>));
      visit_wide(dtype, [&](auto wide) { CHECK(std::is_same_v<Wide<T>, typename decltype(wide)::type>); });
    });
    const std::string_view text = name(dtype);
    const size_t digits = text.find_first_of("0123456789");
    if (!is_bool(dtype)) CHECK(std::to_string(bits_of(dtype)) == text.substr(digits));
    CHECK(is_integer(dtype) == (is_signed_integer(dtype) || is_unsigned_integer(dtype)));
    CHECK(is_inexact(dtype) == (is_floating(dtype) || is_complex(dtype)));
    CHECK((kind_of(dtype) == Kind::integer) == is_integer(dtype));
    CHECK(real_of(complex_of(dtype)) == (real_of(dtype) == float64 ? float64 : float32));
  }
}

}  // namespace
}  // namespace koine
