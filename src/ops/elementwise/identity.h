#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Identity : Elementwise<1> {
  static constexpr auto doc = "The operand itself, as a value of its own.";
  static constexpr auto example =
      ">>> kn.identity(kn.asarray([1, 2]))\n"
      "array([1, 2])";
  static constexpr Accept accept = Accept::any;
  static auto body(auto x) { return x; }
  static Arrays jvp(const RuleInput&, const Attrs&, Tangents t) { return {t[0]}; }
  static Arrays vjp(const RuleInput&, const Attrs&, Tangents ct) { return {ct[0]}; }
  static constexpr Onnx onnx{"Identity", 16};
};

}  // namespace koine::ops
