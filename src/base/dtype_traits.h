// The C++ types behind the dtypes, and conversion between them.
#pragma once

#include <koine/dtype.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace koine {

/// dtype_of<T>::value is the dtype whose elements are stored as the C++ type T.
template <class T>
struct dtype_of;

namespace detail {
template <DType dtype>
struct DTypeIs {
  static constexpr DType value = dtype;
};
}  // namespace detail

template <>
struct dtype_of<bool> : detail::DTypeIs<DType::bool_> {};
template <>
struct dtype_of<int8_t> : detail::DTypeIs<DType::int8> {};
template <>
struct dtype_of<int16_t> : detail::DTypeIs<DType::int16> {};
template <>
struct dtype_of<int32_t> : detail::DTypeIs<DType::int32> {};
template <>
struct dtype_of<int64_t> : detail::DTypeIs<DType::int64> {};
template <>
struct dtype_of<uint8_t> : detail::DTypeIs<DType::uint8> {};
template <>
struct dtype_of<uint16_t> : detail::DTypeIs<DType::uint16> {};
template <>
struct dtype_of<uint32_t> : detail::DTypeIs<DType::uint32> {};
template <>
struct dtype_of<uint64_t> : detail::DTypeIs<DType::uint64> {};
template <>
struct dtype_of<Float16> : detail::DTypeIs<DType::float16> {};
template <>
struct dtype_of<BFloat16> : detail::DTypeIs<DType::bfloat16> {};
template <>
struct dtype_of<float> : detail::DTypeIs<DType::float32> {};
template <>
struct dtype_of<double> : detail::DTypeIs<DType::float64> {};
template <>
struct dtype_of<std::complex<float>> : detail::DTypeIs<DType::complex64> {};
template <>
struct dtype_of<std::complex<double>> : detail::DTypeIs<DType::complex128> {};

/// Carries a C++ type as an argument: `using T = typename decltype(tag)::type`.
template <class T>
struct TypeTag {
  using type = T;
};

/// Calls f(TypeTag<T>{}) with the storage type of `dtype` and returns what it returns.
template <class F>
decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::bool_:
      return std::forward<F>(f)(TypeTag<bool>{});
    case DType::int8:
      return std::forward<F>(f)(TypeTag<int8_t>{});
    case DType::int16:
      return std::forward<F>(f)(TypeTag<int16_t>{});
    case DType::int32:
      return std::forward<F>(f)(TypeTag<int32_t>{});
    case DType::int64:
      return std::forward<F>(f)(TypeTag<int64_t>{});
    case DType::uint8:
      return std::forward<F>(f)(TypeTag<uint8_t>{});
    case DType::uint16:
      return std::forward<F>(f)(TypeTag<uint16_t>{});
    case DType::uint32:
      return std::forward<F>(f)(TypeTag<uint32_t>{});
    case DType::uint64:
      return std::forward<F>(f)(TypeTag<uint64_t>{});
    case DType::float16:
      return std::forward<F>(f)(TypeTag<Float16>{});
    case DType::bfloat16:
      return std::forward<F>(f)(TypeTag<BFloat16>{});
    case DType::float32:
      return std::forward<F>(f)(TypeTag<float>{});
    case DType::float64:
      return std::forward<F>(f)(TypeTag<double>{});
    case DType::complex64:
      return std::forward<F>(f)(TypeTag<std::complex<float>>{});
    case DType::complex128:
      return std::forward<F>(f)(TypeTag<std::complex<double>>{});
  }
  __builtin_unreachable();
}

template <class T>
inline constexpr bool is_complex_type = false;
template <class T>
inline constexpr bool is_complex_type<std::complex<T>> = true;

/// Whether T is one of the real floating point storage types.
template <class T>
inline constexpr bool is_floating_type =
    std::is_floating_point_v<T> || std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

/// The type that the interpreter computes in for elements stored as T: uint64_t for bool and unsigned integers,
/// int64_t for signed ones, double for real and std::complex<double> for complex numbers.
template <class T>
using Wide = std::conditional_t<
    is_complex_type<T>, std::complex<double>,
    std::conditional_t<is_floating_type<T>, double, std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>>;

/// The wide types, as a value.
enum class WideKind : uint8_t { unsigned_integer, signed_integer, real, complex };

constexpr WideKind wide_kind(DType dtype) {
  return is_complex(dtype)          ? WideKind::complex
         : is_floating(dtype)       ? WideKind::real
         : is_signed_integer(dtype) ? WideKind::signed_integer
                                    : WideKind::unsigned_integer;
}

/// Calls f(TypeTag<W>{}) with the wide type of `dtype`.
template <class F>
decltype(auto) visit_wide(DType dtype, F&& f) {
  switch (wide_kind(dtype)) {
    case WideKind::unsigned_integer:
      return std::forward<F>(f)(TypeTag<uint64_t>{});
    case WideKind::signed_integer:
      return std::forward<F>(f)(TypeTag<int64_t>{});
    case WideKind::real:
      return std::forward<F>(f)(TypeTag<double>{});
    case WideKind::complex:
      return std::forward<F>(f)(TypeTag<std::complex<double>>{});
  }
  __builtin_unreachable();
}

namespace detail {

// A double that rounds to bfloat16 and float16 as the integer itself does: what a double cannot hold of the integer is
// kept as one sticky bit, far below the last bit of these formats.
template <class Integer>
double sticky_double(Integer value) {
  const bool negative = value < 0;
  uint64_t magnitude = negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  if (magnitude >> 53 != 0) magnitude = (magnitude & ~uint64_t{0x7ff}) | (magnitude & 0x7ff ? 0x800 : 0);
  return negative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
}

template <class Integer>
Integer saturate(double value) {
  using Limits = std::numeric_limits<Integer>;
  // 2^digits, one more than the largest Integer, is exact as a double where the largest itself may not be.
  constexpr double end = 2.0 * static_cast<double>(uint64_t{1} << (Limits::digits - 1));
  if (value != value) return 0;
  if (value >= end) return Limits::max();
  if (value <= static_cast<double>(Limits::min())) return Limits::min();
  return static_cast<Integer>(value);
}

}  // namespace detail

/// The cast of the language, for one element. Integers wrap; a real number becomes an integer by truncation, saturates
/// at the ends, and NaN gives 0; a bool is `x != 0`, so NaN is true; a complex number loses its imaginary part except
/// as a bool; floating point numbers are rounded once, to nearest even.
template <class To, class From>
To convert_value(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (is_complex_type<From>) {
    if constexpr (std::is_same_v<To, bool>) {
      return value.real() != 0 || value.imag() != 0;
    } else if constexpr (is_complex_type<To>) {
      using Part = typename To::value_type;
      return To(static_cast<Part>(value.real()), static_cast<Part>(value.imag()));
    } else {
      return convert_value<To>(value.real());
    }
  } else if constexpr (is_complex_type<To>) {
    return To(convert_value<typename To::value_type>(value));
  } else if constexpr (std::is_same_v<From, Float16> || std::is_same_v<From, BFloat16>) {
    return convert_value<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != 0;
  } else if constexpr (std::is_same_v<To, Float16> || std::is_same_v<To, BFloat16>) {
    if constexpr (std::is_integral_v<From> && sizeof(From) == 8) {
      return To(detail::sticky_double(value));
    } else {
      return To(static_cast<double>(value));
    }
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    return detail::saturate<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

/// Reads n elements into the wide type W, converting as `convert` does. `source` needs no alignment.
/// W is uint64_t, int64_t, double or std::complex<double>.
template <class W>
void load_wide(DType dtype, const std::byte* source, int64_t n, W* target);

/// Writes n wide values as elements, converting as `convert` does: integers wrap, floating point numbers are rounded
/// once. `target` needs no alignment.
template <class W>
void store_wide(DType dtype, const W* source, int64_t n, std::byte* target);

/// Casts n elements; see convert_value. Neither side needs alignment; they must not overlap.
void convert(DType from, const std::byte* source, DType to, std::byte* target, int64_t n);

}  // namespace koine
