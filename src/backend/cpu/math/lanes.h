#pragma once
#include "backend/cpu/math/concept.h"
#include "backend/cpu/math/registers.h"

/// 64 bytes of numbers that are computed with at once: 16 float32, 8 float64, or integers of these widths. How many
/// there are does not depend on the machine; how many registers they take does. The functions of this folder are
/// templates over such a type (concept.h); this is the one that computes.
namespace koine::backend::cpu::math {
inline namespace KOINE_ISA {

inline constexpr int parts = 64 / register_bytes;

/// R{f(0), f(1), ...}: a loop over registers, unrolled whatever the optimiser thinks of it.
template <class R, class F>
KOINE_INLINE R each(F f) {
  return [&]<size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
    R result;
    ((result.part[i] = f(i)), ...);
    return result;
  }(std::make_index_sequence<parts>{});
}
#define KOINE_EACH(Result, expression) \
  each<Result>([&]([[maybe_unused]] size_t i) __attribute__((always_inline)) { return expression; })

/// What a comparison gives, for lanes of so many bytes.
template <int bytes>
struct Mask {
  using Part = registers::MaskPart<bytes>;
  Part part[parts];
  friend KOINE_INLINE Mask operator&(Mask a, Mask b) { return KOINE_EACH(Mask, Part(a.part[i] & b.part[i])); }
  friend KOINE_INLINE Mask operator|(Mask a, Mask b) { return KOINE_EACH(Mask, Part(a.part[i] | b.part[i])); }
  friend KOINE_INLINE Mask operator!(Mask a) { return KOINE_EACH(Mask, Part(~a.part[i])); }
};

template <class E>
struct Lanes {
  static constexpr bool floating = std::is_floating_point_v<E>;
  static constexpr bool has_fma = registers::has_fma, has_rounding = registers::has_rounding,
                        has_scale = registers::has_scale;
  static constexpr int count = 64 / sizeof(E);
  using Element = E;
  using Int = Lanes<std::conditional_t<sizeof(E) == 4, int32_t, int64_t>>;
  using Mask = math::Mask<sizeof(E)>;
  using Register = typename registers::Of<E>::Type;
  using Wrapping = typename registers::Of<typename registers::Wrapping<E>::Type>::Type;
  Register part[parts];

  Lanes() = default;
  KOINE_INLINE Lanes(std::conditional_t<floating, double, int64_t> literal) {
    [&]<size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
      Register all{((void)i, static_cast<E>(literal))...};
      for (Register& r : part) r = all;
    }(std::make_index_sequence<count / parts>{});
  }
  static KOINE_INLINE Lanes load(const E* from) {
    auto one = [from](size_t i) __attribute__((always_inline)) {
      Register to;
      __builtin_memcpy(&to, from + i * (count / parts), sizeof to);
      return to;
    };
    return KOINE_EACH(Lanes, one(i));
  }
  KOINE_INLINE void store(E* to) const {
    [&]<size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
      (__builtin_memcpy(to + i * (count / parts), &part[i], sizeof(Register)), ...);
    }(std::make_index_sequence<parts>{});
  }

  // Integers are added as unsigned ones, which wrap.
  friend KOINE_INLINE Lanes operator+(Lanes a, Lanes b) {
    return KOINE_EACH(Lanes, (Register)((Wrapping)a.part[i] + (Wrapping)b.part[i]));
  }
  friend KOINE_INLINE Lanes operator-(Lanes a, Lanes b) {
    return KOINE_EACH(Lanes, (Register)((Wrapping)a.part[i] - (Wrapping)b.part[i]));
  }
  friend KOINE_INLINE Mask operator==(Lanes a, Lanes b) { return compare<registers::Compare::equal>(a, b); }
  friend KOINE_INLINE Mask operator!=(Lanes a, Lanes b) { return compare<registers::Compare::not_equal>(a, b); }
  friend KOINE_INLINE Mask operator<(Lanes a, Lanes b) { return compare<registers::Compare::less>(a, b); }
  friend KOINE_INLINE Mask operator<=(Lanes a, Lanes b) { return compare<registers::Compare::less_equal>(a, b); }
  friend KOINE_INLINE Mask operator>(Lanes a, Lanes b) { return b < a; }
  friend KOINE_INLINE Mask operator>=(Lanes a, Lanes b) { return b <= a; }
  friend KOINE_INLINE Lanes select(Mask mask, Lanes yes, Lanes no) {
    return KOINE_EACH(Lanes, registers::blend(mask.part[i], yes.part[i], no.part[i]));
  }

  // Shifts are logical.
  friend KOINE_INLINE Lanes operator&(Lanes a, Lanes b)
    requires(!floating)
  {
    return KOINE_EACH(Lanes, a.part[i] & b.part[i]);
  }
  friend KOINE_INLINE Lanes operator|(Lanes a, Lanes b)
    requires(!floating)
  {
    return KOINE_EACH(Lanes, a.part[i] | b.part[i]);
  }
  friend KOINE_INLINE Lanes operator^(Lanes a, Lanes b)
    requires(!floating)
  {
    return KOINE_EACH(Lanes, a.part[i] ^ b.part[i]);
  }
  friend KOINE_INLINE Lanes operator<<(Lanes a, int by)
    requires(!floating)
  {
    return KOINE_EACH(Lanes, (Register)((Wrapping)a.part[i] << by));
  }
  friend KOINE_INLINE Lanes operator>>(Lanes a, int by)
    requires(!floating)
  {
    return KOINE_EACH(Lanes, (Register)((Wrapping)a.part[i] >> by));
  }

  friend KOINE_INLINE Lanes operator*(Lanes a, Lanes b)
    requires floating
  {
    return KOINE_EACH(Lanes, a.part[i] * b.part[i]);
  }
  friend KOINE_INLINE Lanes operator/(Lanes a, Lanes b)
    requires floating
  {
    return KOINE_EACH(Lanes, a.part[i] / b.part[i]);
  }
  friend KOINE_INLINE Lanes operator-(Lanes a)
    requires floating
  {
    return KOINE_EACH(Lanes, -a.part[i]);
  }
  friend KOINE_INLINE Lanes fma(Lanes a, Lanes b, Lanes c)
    requires floating
  {
    return KOINE_EACH(Lanes, registers::fma(a.part[i], b.part[i], c.part[i]));
  }
  friend KOINE_INLINE Lanes sqrt(Lanes a)
    requires floating
  {
    return KOINE_EACH(Lanes, registers::sqrt(a.part[i]));
  }
  friend KOINE_INLINE Lanes lesser(Lanes a, Lanes b)
    requires floating
  {
    return KOINE_EACH(Lanes, registers::lesser(a.part[i], b.part[i]));
  }
  friend KOINE_INLINE Lanes greater(Lanes a, Lanes b)
    requires floating
  {
    return KOINE_EACH(Lanes, registers::greater(a.part[i], b.part[i]));
  }
  friend KOINE_INLINE Int bits(Lanes a)
    requires floating
  {
    return KOINE_EACH(Int, (typename Int::Register)a.part[i]);
  }
  static KOINE_INLINE Lanes from_bits(Int a)
    requires floating
  {
    return KOINE_EACH(Lanes, (Register)a.part[i]);
  }
  /// The integer as a float; of 64 bits only below 2^51.
  static KOINE_INLINE Lanes from_int(Int a)
    requires floating
  {
    return KOINE_EACH(Lanes, registers::to_float(a.part[i]));
  }
  friend KOINE_INLINE Lanes abs(Lanes a)
    requires floating
  {
    return from_bits(bits(a) & Int(~sign_bit()));
  }
  friend KOINE_INLINE Lanes copysign(Lanes a, Lanes sign)
    requires floating
  {
    return from_bits((bits(a) & Int(~sign_bit())) | (bits(sign) & Int(sign_bit())));
  }

 private:
  static constexpr int64_t sign_bit() { return int64_t{1} << (8 * sizeof(E) - 1); }
  template <registers::Compare c>
  static KOINE_INLINE Mask compare(Lanes a, Lanes b) {
    return KOINE_EACH(Mask, registers::compare<c>(a.part[i], b.part[i]));
  }
};

// Only where has_rounding says so; rounding.h has the rest.
template <class E>
KOINE_INLINE Lanes<E> native_floor(Lanes<E> a) {
  return KOINE_EACH(Lanes<E>, registers::rounded<_MM_FROUND_TO_NEG_INF>(a.part[i]));
}
template <class E>
KOINE_INLINE Lanes<E> native_ceil(Lanes<E> a) {
  return KOINE_EACH(Lanes<E>, registers::rounded<_MM_FROUND_TO_POS_INF>(a.part[i]));
}
template <class E>
KOINE_INLINE Lanes<E> native_trunc(Lanes<E> a) {
  return KOINE_EACH(Lanes<E>, registers::rounded<_MM_FROUND_TO_ZERO>(a.part[i]));
}
template <class E>
KOINE_INLINE Lanes<E> native_round(Lanes<E> a) {
  return KOINE_EACH(Lanes<E>, registers::rounded<_MM_FROUND_TO_NEAREST_INT>(a.part[i]));
}
/// a * 2^n with one rounding, n whole; only where has_scale says so.
template <class E>
KOINE_INLINE Lanes<E> native_scale(Lanes<E> a, Lanes<E> n) {
  return KOINE_EACH(Lanes<E>, registers::scale(a.part[i], n.part[i]));
}

/// table[index]; `lookup8` of 8 numbers by the last 3 bits of an index.
KOINE_INLINE Lanes<double> gather(const double* table, Lanes<int64_t> index) {
  return KOINE_EACH(Lanes<double>, registers::gather(table, index.part[i]));
}
KOINE_INLINE Lanes<double> lookup8(const double* table, Lanes<int64_t> index) {
  return KOINE_EACH(Lanes<double>, registers::lookup8(table, index.part[i]));
}

/// The first and the second half of the floats as doubles, and doubles rounded to floats.
KOINE_INLINE Lanes<double> widen_low(Lanes<float> a) {
  return KOINE_EACH(Lanes<double>, registers::widened(a.part, i));
}
KOINE_INLINE Lanes<double> widen_high(Lanes<float> a) {
  if constexpr (parts == 1)
    return KOINE_EACH(Lanes<double>, registers::widened(a.part, 1));
  else
    return KOINE_EACH(Lanes<double>, registers::widened(a.part + parts / 2, i));
}
KOINE_INLINE Lanes<float> narrow(Lanes<double> low, Lanes<double> high) {
  return KOINE_EACH(Lanes<float>, registers::narrowed(low.part, high.part, i));
}
/// The low halves of the integers.
KOINE_INLINE Lanes<int32_t> narrow(Lanes<int64_t> low, Lanes<int64_t> high) {
  return KOINE_EACH(Lanes<int32_t>, registers::narrowed(low.part, high.part, i));
}

static_assert(MixedLanes<Lanes<float>, Lanes<double>>);

}  // namespace KOINE_ISA
}  // namespace koine::backend::cpu::math
