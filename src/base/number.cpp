#include "base/number.h"

#include "base/dtype_traits.h"
#include "base/format.h"

#include <koine/error.h>

#include <cmath>
#include <limits>

namespace koine {

namespace {

struct Range {
  int64_t least;
  uint64_t greatest;
};
Range range_of(DType dtype) {
  return visit(dtype, [](auto tag) -> Range {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      return {static_cast<int64_t>(std::numeric_limits<T>::min()),
              static_cast<uint64_t>(std::numeric_limits<T>::max())};
    else
      return {0, 0};
  });
}

}  // namespace

bool in_range(const Number& integer, DType dtype) {
  if (!is_integer(dtype)) return true;
  if (integer.is_beyond_integers()) return false;
  Range range = range_of(dtype);
  if (!integer.is_unsigned() && integer.integer() < 0) return integer.integer() >= range.least;
  return static_cast<uint64_t>(integer.integer()) <= range.greatest;
}

void check_fits(const Number& number, DType dtype) {
  if (number.kind() == Kind::complex && !is_complex(dtype) && !is_bool(dtype))
    throw DTypeError(cat("a complex number does not fit ", name(dtype), "; take its real part or its magnitude"));
  if (!is_integer(dtype)) return;
  if (number.kind() == Kind::floating) {
    Range range = range_of(dtype);
    double whole = std::trunc(number.real());
    // The bound above is no floating number; the one after it is.
    bool fits = whole >= static_cast<double>(range.least) && whole < static_cast<double>(range.greatest / 2 + 1) * 2;
    if (!fits) throw OverflowError(cat(number.real(), " is out of range for ", name(dtype)));
    return;
  }
  if (in_range(number, dtype)) return;
  if (number.is_beyond_integers())
    throw OverflowError(cat("an integer of about ", number.real(), " is out of range for ", name(dtype)));
  throw OverflowError(cat(
      number.is_unsigned() ? std::to_string(static_cast<uint64_t>(number.integer())) : std::to_string(number.integer()),
      " is out of range for ", name(dtype)));
}

}  // namespace koine
