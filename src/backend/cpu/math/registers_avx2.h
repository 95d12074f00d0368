#pragma once
#include <cstddef>

/// Registers of 32 bytes, by AVX2 and FMA. Included by registers.h.
namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {
namespace registers {

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
KOINE_INLINE Doubles lookup8(const double* table, Longs index) { return gather(table, index & 7); }

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
