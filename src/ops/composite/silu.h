#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Silu : Composite {
  static constexpr auto doc = "x * sigmoid(x), elementwise.";
  static constexpr auto shapes = "The result has x's shape; DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.silu(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.7310586])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static Array body(Array x) {
    Array wide = widened(x);
    return cast(maximum(wide, -far) * sigmoid(wide), {.dtype = x.dtype()});
  }
  // Where the sigmoid and its slope are 0 or 1 in every dtype; infinity times 0 would be NaN.
  static constexpr double far = 1e4;
  static Array slope(const Array& x) {
    Array wide = widened(x), part = sigmoid(wide);
    return cast(part + clip(wide, -far, far) * part * (1 - part), {.dtype = x.dtype()});
  }
  static Array jvp(const RuleInput& node, const NoAttrs&, Tangents t) { return t[0] * slope(node.in[0]); }
  static Array vjp(const RuleInput& node, const NoAttrs&, Tangents ct) { return ct[0] * slope(node.in[0]); }
  static std::vector<Sample> samples() { return {sample<Silu>({{{2, 3}}}), sample<Silu>({{{5}}})}; }
};

}  // namespace koine::ops
