#pragma once
#include "backend/cpu/math/inline.h"

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

/// The few operations on one register that GCC's vector extensions do not have, for each instruction set. A file that
/// includes this is compiled for one, which it names by KOINE_ISA: the inline namespace keeps the copies apart.
#ifndef KOINE_ISA
#error "define KOINE_ISA as the instruction set that this file is compiled for: baseline, avx2 or avx512"
#endif

namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

namespace registers {

template <class E>
struct Of {
  typedef E Type __attribute__((vector_size(register_bytes)));
};
/// The numbers that are added instead of E's.
template <class E>
struct Wrapping {
  using Type = std::make_unsigned_t<E>;
};
template <>
struct Wrapping<float> {
  using Type = float;
};
template <>
struct Wrapping<double> {
  using Type = double;
};
using Floats = Of<float>::Type;
using Doubles = Of<double>::Type;
using Ints = Of<int32_t>::Type;
using Longs = Of<int64_t>::Type;

enum class Compare { equal, not_equal, less, less_equal };

#if defined(__AVX512F__)

inline constexpr bool has_fma = true, has_rounding = true, has_scale = true;

// The vector extensions would make integers of these masks, and masks of the integers again.
template <int bytes>
using MaskPart = std::conditional_t<bytes == 4, __mmask16, __mmask8>;

template <Compare c>
inline constexpr int integer_code = c == Compare::equal       ? _MM_CMPINT_EQ
                                    : c == Compare::not_equal ? _MM_CMPINT_NE
                                    : c == Compare::less      ? _MM_CMPINT_LT
                                                              : _MM_CMPINT_LE;
template <Compare c>
inline constexpr int float_code = c == Compare::equal       ? _CMP_EQ_OQ
                                  : c == Compare::not_equal ? _CMP_NEQ_UQ
                                  : c == Compare::less      ? _CMP_LT_OS
                                                            : _CMP_LE_OS;
template <Compare c>
KOINE_INLINE auto compare(Floats a, Floats b) {
  return _mm512_cmp_ps_mask(a, b, float_code<c>);
}
template <Compare c>
KOINE_INLINE auto compare(Doubles a, Doubles b) {
  return _mm512_cmp_pd_mask(a, b, float_code<c>);
}
template <Compare c>
KOINE_INLINE auto compare(Ints a, Ints b) {
  return _mm512_cmp_epi32_mask((__m512i)a, (__m512i)b, integer_code<c>);
}
template <Compare c>
KOINE_INLINE auto compare(Longs a, Longs b) {
  return _mm512_cmp_epi64_mask((__m512i)a, (__m512i)b, integer_code<c>);
}
KOINE_INLINE Floats blend(__mmask16 m, Floats yes, Floats no) { return _mm512_mask_blend_ps(m, no, yes); }
KOINE_INLINE Doubles blend(__mmask8 m, Doubles yes, Doubles no) { return _mm512_mask_blend_pd(m, no, yes); }
KOINE_INLINE Ints blend(__mmask16 m, Ints yes, Ints no) {
  return (Ints)_mm512_mask_blend_epi32(m, (__m512i)no, (__m512i)yes);
}
KOINE_INLINE Longs blend(__mmask8 m, Longs yes, Longs no) {
  return (Longs)_mm512_mask_blend_epi64(m, (__m512i)no, (__m512i)yes);
}
KOINE_INLINE Floats lesser(Floats a, Floats b) { return _mm512_min_ps(a, b); }
KOINE_INLINE Doubles lesser(Doubles a, Doubles b) { return _mm512_min_pd(a, b); }
KOINE_INLINE Floats greater(Floats a, Floats b) { return _mm512_max_ps(a, b); }
KOINE_INLINE Doubles greater(Doubles a, Doubles b) { return _mm512_max_pd(a, b); }
KOINE_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
KOINE_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm512_fmadd_pd(a, b, c); }
KOINE_INLINE Floats sqrt(Floats a) { return _mm512_sqrt_ps(a); }
KOINE_INLINE Doubles sqrt(Doubles a) { return _mm512_sqrt_pd(a); }
template <int mode>
KOINE_INLINE Floats rounded(Floats a) {
  return _mm512_roundscale_ps(a, mode | _MM_FROUND_NO_EXC);
}
template <int mode>
KOINE_INLINE Doubles rounded(Doubles a) {
  return _mm512_roundscale_pd(a, mode | _MM_FROUND_NO_EXC);
}
KOINE_INLINE Floats scale(Floats a, Floats n) { return _mm512_scalef_ps(a, n); }
KOINE_INLINE Doubles scale(Doubles a, Doubles n) { return _mm512_scalef_pd(a, n); }
KOINE_INLINE Floats to_float(Ints a) { return _mm512_cvtepi32_ps((__m512i)a); }
KOINE_INLINE Doubles to_float(Longs a) { return _mm512_cvtepi64_pd((__m512i)a); }

KOINE_INLINE Doubles lookup8(const double* table, Longs index) {
  return _mm512_permutexvar_pd((__m512i)index, _mm512_loadu_pd(table));
}
KOINE_INLINE Doubles gather(const double* table, Longs index) { return _mm512_i64gather_pd((__m512i)index, table, 8); }

/// Doubles number `part` of 64 bytes of floats' half, and back.
KOINE_INLINE Doubles widened(const Floats* from, size_t part) {
  return part == 0 ? _mm512_cvtps_pd(_mm512_castps512_ps256(from[0]))
                   : _mm512_cvtps_pd(_mm512_extractf32x8_ps(from[0], 1));
}
KOINE_INLINE Floats narrowed(const Doubles* low, const Doubles* high, size_t) {
  return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(low[0])), _mm512_cvtpd_ps(high[0]), 1);
}
KOINE_INLINE Ints narrowed(const Longs* low, const Longs* high, size_t) {
  __m512i half = _mm512_castsi256_si512(_mm512_cvtepi64_epi32((__m512i)low[0]));
  return (Ints)_mm512_inserti32x8(half, _mm512_cvtepi64_epi32((__m512i)high[0]), 1);
}

#else

template <int bytes>
using MaskPart = typename Of<std::conditional_t<bytes == 4, int32_t, int64_t>>::Type;

template <Compare c, class R>
KOINE_INLINE auto compare(R a, R b) {
  if constexpr (c == Compare::equal) return a == b;
  if constexpr (c == Compare::not_equal) return a != b;
  if constexpr (c == Compare::less) return a < b;
  if constexpr (c == Compare::less_equal) return a <= b;
}
template <class M, class R>
KOINE_INLINE R blend(M mask, R yes, R no) {
  return mask ? yes : no;
}
// There is no conversion of 64 bits. A whole number below 2^51 is the last bits of 1.5 * 2^52 plus that number.
KOINE_INLINE Doubles to_float(Longs a) {
  constexpr double origin = 0x1.8p52;
  return (Doubles)(a + (Longs)(Doubles{} + origin)) - origin;
}

template <class R>
R scale(R, R) = delete;

#if defined(__AVX2__)

inline constexpr bool has_fma = true, has_rounding = true, has_scale = false;

KOINE_INLINE Floats lesser(Floats a, Floats b) { return _mm256_min_ps(a, b); }
KOINE_INLINE Doubles lesser(Doubles a, Doubles b) { return _mm256_min_pd(a, b); }
KOINE_INLINE Floats greater(Floats a, Floats b) { return _mm256_max_ps(a, b); }
KOINE_INLINE Doubles greater(Doubles a, Doubles b) { return _mm256_max_pd(a, b); }
KOINE_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
KOINE_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm256_fmadd_pd(a, b, c); }
KOINE_INLINE Floats sqrt(Floats a) { return _mm256_sqrt_ps(a); }
KOINE_INLINE Doubles sqrt(Doubles a) { return _mm256_sqrt_pd(a); }
template <int mode>
KOINE_INLINE Floats rounded(Floats a) {
  return _mm256_round_ps(a, mode | _MM_FROUND_NO_EXC);
}
template <int mode>
KOINE_INLINE Doubles rounded(Doubles a) {
  return _mm256_round_pd(a, mode | _MM_FROUND_NO_EXC);
}
KOINE_INLINE Floats to_float(Ints a) { return _mm256_cvtepi32_ps((__m256i)a); }
KOINE_INLINE Doubles gather(const double* table, Longs index) { return _mm256_i64gather_pd(table, (__m256i)index, 8); }

KOINE_INLINE Doubles widened(const Floats* from, size_t part) {
  return part == 0 ? _mm256_cvtps_pd(_mm256_castps256_ps128(from[0]))
                   : _mm256_cvtps_pd(_mm256_extractf128_ps(from[0], 1));
}
KOINE_INLINE Floats narrowed(const Doubles* low, const Doubles* high, size_t part) {
  const Doubles* from = part == 0 ? low : high;
  return _mm256_set_m128(_mm256_cvtpd_ps(from[1]), _mm256_cvtpd_ps(from[0]));
}
KOINE_INLINE Ints narrowed(const Longs* low, const Longs* high, size_t part) {
  const Longs* from = part == 0 ? low : high;
  __m256 pairs = _mm256_shuffle_ps((__m256)from[0], (__m256)from[1], _MM_SHUFFLE(2, 0, 2, 0));
  return (Ints)_mm256_permute4x64_pd((__m256d)pairs, _MM_SHUFFLE(3, 1, 2, 0));
}

#else

inline constexpr bool has_fma = false, has_rounding = false, has_scale = false;

KOINE_INLINE Floats lesser(Floats a, Floats b) { return _mm_min_ps(a, b); }
KOINE_INLINE Doubles lesser(Doubles a, Doubles b) { return _mm_min_pd(a, b); }
KOINE_INLINE Floats greater(Floats a, Floats b) { return _mm_max_ps(a, b); }
KOINE_INLINE Doubles greater(Doubles a, Doubles b) { return _mm_max_pd(a, b); }
KOINE_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
KOINE_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) { return a * b + c; }
KOINE_INLINE Floats sqrt(Floats a) { return _mm_sqrt_ps(a); }
KOINE_INLINE Doubles sqrt(Doubles a) { return _mm_sqrt_pd(a); }
template <int, class R>
R rounded(R) = delete;
KOINE_INLINE Floats to_float(Ints a) { return _mm_cvtepi32_ps((__m128i)a); }
KOINE_INLINE Doubles gather(const double* table, Longs index) { return Doubles{table[index[0]], table[index[1]]}; }

KOINE_INLINE Doubles widened(const Floats* from, size_t part) {
  Floats x = from[part / 2];
  return _mm_cvtps_pd(part % 2 == 0 ? x : _mm_movehl_ps(x, x));
}
KOINE_INLINE Floats narrowed(const Doubles* low, const Doubles* high, size_t part) {
  const Doubles* from = (part < 2 ? low : high) + 2 * (part % 2);
  return _mm_movelh_ps(_mm_cvtpd_ps(from[0]), _mm_cvtpd_ps(from[1]));
}
KOINE_INLINE Ints narrowed(const Longs* low, const Longs* high, size_t part) {
  const Longs* from = (part < 2 ? low : high) + 2 * (part % 2);
  return (Ints)_mm_shuffle_ps((__m128)from[0], (__m128)from[1], _MM_SHUFFLE(2, 0, 2, 0));
}

#endif

KOINE_INLINE Doubles lookup8(const double* table, Longs index) { return gather(table, index); }

#endif

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
