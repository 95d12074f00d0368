#include <koine/dtype.h>
#include <koine/error.h>

#include <array>

#include "base/format.h"
#include "base/promotion.h"

namespace koine {

namespace {

constexpr std::array<std::string_view, dtype_count> names = {
    "bool",   "int8",    "int16",    "int32",   "int64",   "uint8",     "uint16",     "uint32",
    "uint64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
};

}  // namespace

std::string_view name(DType dtype) { return names[static_cast<size_t>(dtype)]; }

std::string to_string(DType dtype) { return std::string(name(dtype)); }

DType dtype_from_name(std::string_view name) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<DType>(i);
  }
  throw DTypeError(cat("unknown dtype '", name, "'", did_you_mean(name, names)));
}

DType promote(DType a, DType b) {
  const DType result = detail::promotion_table.rows[static_cast<int>(a)][static_cast<int>(b)];
  if (result == detail::no_dtype) {
    throw DTypeError(cat(a, " and ", b, " do not combine: no integer dtype holds both; cast one of them"));
  }
  return result;
}

DType promote_weak(DType array, Kind number) {
  if (number <= kind_of(array)) return array;
  switch (number) {
    case Kind::bool_:
      return array;
    case Kind::integer:
      return DType::int64;
    case Kind::floating:
      return DType::float32;
    case Kind::complex:
      return complex_of(array);
  }
  __builtin_unreachable();
}

}  // namespace koine
