#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

/// What the functions of this folder ask of a type of lanes. All arithmetic is that of IEEE 754, rounded to nearest,
/// each operation on its own; then every such type gives the same bits.
namespace koine::backend::cpu::math {

/// Integers as wide as the floats. Sums wrap, shifts are logical and by the same for all lanes.
template <class I>
concept IntLanes = requires(I i, int by) {
  I(int64_t{1});
  { i + i } -> std::same_as<I>;
  { i - i } -> std::same_as<I>;
  { i& i } -> std::same_as<I>;
  { i | i } -> std::same_as<I>;
  { i ^ i } -> std::same_as<I>;
  { i << by } -> std::same_as<I>;
  { i >> by } -> std::same_as<I>;
  i == i;
};

template <class V>
concept FloatLanes = IntLanes<typename V::Int> && requires(V v, typename V::Int i, typename V::Mask mask) {
  requires std::is_same_v<typename V::Element, float> || std::is_same_v<typename V::Element, double>;
  V(0.5);  // in all lanes
  { v + v } -> std::same_as<V>;
  { v - v } -> std::same_as<V>;
  { v* v } -> std::same_as<V>;
  { v / v } -> std::same_as<V>;
  { -v } -> std::same_as<V>;
  { sqrt(v) } -> std::same_as<V>;
  { abs(v) } -> std::same_as<V>;
  { copysign(v, v) } -> std::same_as<V>;
  { lesser(v, v) } -> std::same_as<V>;   // select(a < b, a, b)
  { greater(v, v) } -> std::same_as<V>;  // select(a > b, a, b)
  { v < v } -> std::same_as<typename V::Mask>;
  { v <= v } -> std::same_as<typename V::Mask>;
  { v > v } -> std::same_as<typename V::Mask>;
  { v >= v } -> std::same_as<typename V::Mask>;
  { v == v } -> std::same_as<typename V::Mask>;
  { v != v } -> std::same_as<typename V::Mask>;
  { i == i } -> std::same_as<typename V::Mask>;
  { mask& mask } -> std::same_as<typename V::Mask>;
  { mask | mask } -> std::same_as<typename V::Mask>;
  { !mask } -> std::same_as<typename V::Mask>;
  { select(mask, v, v) } -> std::same_as<V>;
  { select(mask, i, i) } -> std::same_as<typename V::Int>;
  { bits(v) } -> std::same_as<typename V::Int>;
  { V::from_bits(i) } -> std::same_as<V>;
  { V::from_int(i) } -> std::same_as<V>;  // of at most 51 bits

  // Constants of the instruction set, on which the bits depend.
  { fma(v, v, v) } -> std::same_as<V>;  // fused if has_fma, else a product and a sum
  requires std::same_as<decltype(V::has_fma), const bool>;
  // Without these there are longer ways to the same bits: native_floor, _ceil, _trunc and _round (to even); and
  // native_scale(v, n) = v * 2^n with one rounding, n whole.
  requires std::same_as<decltype(V::has_rounding), const bool>;
  requires std::same_as<decltype(V::has_scale), const bool>;
};

/// Between float lanes V and double lanes W of half the count, where float32 functions compute in double precision; and
/// tables. `lookup8` is a gather from 8 numbers by the last 3 bits of the index.
template <class V, class W>
concept MixedLanes = FloatLanes<V> && FloatLanes<W> && requires(V v, W w, typename W::Int i, const double (&table)[8]) {
  { widen_low(v) } -> std::same_as<W>;
  { widen_high(v) } -> std::same_as<W>;
  { narrow(w, w) } -> std::same_as<V>;
  { narrow(i, i) } -> std::same_as<typename V::Int>;  // the low 32 bits
  { gather(table, i) } -> std::same_as<W>;
  { lookup8(table, i) } -> std::same_as<W>;
};

}  // namespace koine::backend::cpu::math
