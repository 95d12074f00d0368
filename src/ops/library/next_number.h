#pragma once
#include "ops/family/composite.h"
#include "ops/family/explicit.h"
#include "ops/family/structural.h"

namespace koine::ops {

struct NextNumber : Library {
  static constexpr bool internal = true;
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc = "What nextafter gives, for operands of one shape.";
  static constexpr auto not_differentiable = "it goes from one number of the dtype to the next";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    if (in.dtype(0) != in.dtype(1) || !is_floating(in.dtype(0)))
      throw DTypeError("operands of one floating dtype are needed");
    if (!(in.shape(0) == in.shape(1))) throw ShapeError("operands of one shape are needed");
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) {
    return again(node, all_batched(node));
  }
  // Numbers of one sign are in the order of their bits; a NaN has all bits of the exponent and one more.
  template <class Bits>
  static Bits next(Bits from, Bits to, Bits infinity) {
    constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);
    Bits size = from & ~sign, target = to & ~sign;
    if (size > infinity || target > infinity) return static_cast<Bits>(infinity | 1 | infinity >> 1);
    if (from == to || (size == 0 && target == 0)) return to;
    if (size == 0) return (to & sign) | Bits{1};
    bool away = (from & sign) == (to & sign) && target > size;
    return static_cast<Bits>(from + (away ? Bits{1} : static_cast<Bits>(-1)));
  }
  template <class Bits>
  static void all(const KernelInput& k, Bits infinity) {
    for (int64_t i = 0; i < k.out[0].count(); ++i)
      k.out[0].as<Bits>()[i] = next(k.in[0].as<Bits>()[i], k.in[1].as<Bits>()[i], infinity);
  }
  static void reference(const KernelInput& k, const Attrs&) {
    if (k.in[0].dtype == float64) return all<uint64_t>(k, 0x7ffull << 52);
    if (k.in[0].dtype == float32) return all<uint32_t>(k, 0xffu << 23);
    all<uint16_t>(k, k.in[0].dtype == bfloat16 ? uint16_t{0xff << 7} : uint16_t{0x1f << 10});
  }
  static std::vector<Sample> samples() {
    return {sample<NextNumber>({{.shape = {4}}, {.shape = {4}}}),
            sample<NextNumber>({{.shape = {2, 3}}, {.shape = {2, 3}}})};
  }
};

}  // namespace koine::ops
