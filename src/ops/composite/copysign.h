#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Copysign : Composite {
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc = "x1 with the sign of x2, elementwise; zeros and NaN have a sign too.";
  static constexpr auto shapes =
      "Operands broadcast, and the result has their common shape; ShapeError where they do not, DTypeError for "
      "complex numbers.";
  static constexpr auto example =
      ">>> kn.copysign(kn.asarray([1.0, 2.0]), kn.asarray([-0.0, 3.0]))\n"
      "array([-1.,  2.])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static Array body(Array x1, Array x2) { return where(signbit(x1) == signbit(x2), x1, -x1); }
  static std::vector<Sample> samples() {
    return {sample<Copysign>({{.shape = {4}}, {.shape = {4}}}), sample<Copysign>({{.shape = {2, 3}}, {.shape = {3}}})};
  }
};

}  // namespace koine::ops
