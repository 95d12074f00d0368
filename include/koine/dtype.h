// The element types of arrays and how they combine.
#pragma once

#include <koine/half.h>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace koine {

/// The type of the elements of an array. A bool is stored as one byte, 0 or 1.
enum class DType : uint8_t {
  bool_,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  bfloat16,
  float32,
  float64,
  complex64,
  complex128,
};

/// How many dtypes there are; their values are 0 to dtype_count - 1.
inline constexpr int dtype_count = 15;

inline constexpr DType bool_ = DType::bool_;
inline constexpr DType int8 = DType::int8;
inline constexpr DType int16 = DType::int16;
inline constexpr DType int32 = DType::int32;
inline constexpr DType int64 = DType::int64;
inline constexpr DType uint8 = DType::uint8;
inline constexpr DType uint16 = DType::uint16;
inline constexpr DType uint32 = DType::uint32;
inline constexpr DType uint64 = DType::uint64;
inline constexpr DType float16 = DType::float16;
inline constexpr DType bfloat16 = DType::bfloat16;
inline constexpr DType float32 = DType::float32;
inline constexpr DType float64 = DType::float64;
inline constexpr DType complex64 = DType::complex64;
inline constexpr DType complex128 = DType::complex128;

/// The kinds of numbers, each contained in the next. Signed and unsigned integers are one kind.
enum class Kind : uint8_t { bool_, integer, floating, complex };

/// Bytes of one element.
constexpr size_t size_of(DType dtype) {
  constexpr uint8_t sizes[dtype_count] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};
  return sizes[static_cast<int>(dtype)];
}

/// Bits of one element as it is stored (8 for bool).
constexpr int bits_of(DType dtype) { return static_cast<int>(size_of(dtype)) * 8; }

constexpr bool is_bool(DType dtype) { return dtype == DType::bool_; }
constexpr bool is_signed_integer(DType dtype) { return dtype >= DType::int8 && dtype <= DType::int64; }
constexpr bool is_unsigned_integer(DType dtype) { return dtype >= DType::uint8 && dtype <= DType::uint64; }
/// Signed or unsigned, not bool.
constexpr bool is_integer(DType dtype) { return dtype >= DType::int8 && dtype <= DType::uint64; }
/// Real floating point.
constexpr bool is_floating(DType dtype) { return dtype >= DType::float16 && dtype <= DType::float64; }
constexpr bool is_complex(DType dtype) { return dtype >= DType::complex64; }
/// Real or complex floating point.
constexpr bool is_inexact(DType dtype) { return dtype >= DType::float16; }

constexpr Kind kind_of(DType dtype) {
  return is_bool(dtype)       ? Kind::bool_
         : is_integer(dtype)  ? Kind::integer
         : is_floating(dtype) ? Kind::floating
                              : Kind::complex;
}

/// The dtype of the real part of an element: float32 of complex64, and every dtype that is not complex itself.
constexpr DType real_of(DType dtype) {
  return dtype == DType::complex64 ? DType::float32 : dtype == DType::complex128 ? DType::float64 : dtype;
}

/// The complex dtype that holds an element: complex128 of float64 and complex128, else complex64.
constexpr DType complex_of(DType dtype) {
  return dtype == DType::float64 || dtype == DType::complex128 ? DType::complex128 : DType::complex64;
}

/// "float32", "bool", ...
std::string_view name(DType dtype);
std::string to_string(DType dtype);

/// The dtype with that name. Throws DTypeError that suggests the nearest name.
DType dtype_from_name(std::string_view name);

/// The dtype of an operation on two arrays: the rules of the Array API standard, and: bool with anything gives the
/// other, an integer with an inexact dtype gives the inexact one, float16 with bfloat16 gives float32.
/// Throws DTypeError for uint64 with a signed integer.
DType promote(DType a, DType b);

/// The dtype of an operation on an array and a plain number of that kind. The number yields: it changes the dtype only
/// when the array's kind cannot hold it, and then to int64, float32 or the array's complex dtype.
DType promote_weak(DType array, Kind number);

}  // namespace koine
