#pragma once
#include <cstddef>

/// Registers of 16 bytes, by what every x86-64 has. Included by registers.h.
namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {
namespace registers {

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
KOINE_INLINE Doubles lookup8(const double* table, Longs index) { return gather(table, index & 7); }

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
