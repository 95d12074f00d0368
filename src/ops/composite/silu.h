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
    return cast(wide * sigmoid(wide), {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() { return {sample<Silu>({{{2, 3}}}), sample<Silu>({{{5}}})}; }
};

}  // namespace koine::ops
