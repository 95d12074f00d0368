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

}  // namespace registers
}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math

#if defined(__AVX512F__)
#include "backend/cpu/math/registers_avx512.h"
#else
#include "backend/cpu/math/registers_masks.h"
#if defined(__AVX2__)
#include "backend/cpu/math/registers_avx2.h"
#else
#include "backend/cpu/math/registers_sse2.h"
#endif
#endif
