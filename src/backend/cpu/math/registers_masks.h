#pragma once
#include <cstddef>

/// What the sets without AVX-512 share: masks that are integers, all bits set or none. Included by registers.h.
namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {
namespace registers {

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

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
