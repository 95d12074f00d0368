#pragma once
#include <cstddef>

/// Registers of 64 bytes, by AVX-512 (F, DQ). Included by registers.h.
namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {
namespace registers {

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

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
