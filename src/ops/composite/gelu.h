#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Gelu : Composite {
  struct Attrs {
    bool approximate = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::approximate>("approximate", "use tanh in place of the error function")};
  static constexpr auto doc =
      "x times the probability that a normal number is below x: x / 2 * (1 + erf(x / sqrt(2))), or with `approximate` "
      "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))), elementwise (Hendrycks and Gimpel, 2016).";
  static constexpr auto shapes = "The result has x's shape; DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.gelu(kn.asarray([-1.0, 0.0, 1.0]))\n"
      "array([-0.15865526,  0.        ,  0.8413447 ])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static constexpr double root = 0.7978845608028654, cubic = 0.044715;
  // Where the probability is 0 or 1 in every dtype; infinity times 0 would be NaN.
  static constexpr double far = 1e4;
  static Array part(const Array& wide, const Attrs& a) {
    return a.approximate ? tanh(root * (wide + cubic * wide * square(wide))) : erf(wide * 0.7071067811865476);
  }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x);
    return cast(maximum(wide, -far) * 0.5 * (1 + part(wide, a)), {.dtype = x.dtype()});
  }
  static Array slope(const Array& x, const Attrs& a) {
    Array wide = widened(x), bounded = clip(wide, -far, far), y = part(bounded, a), steep;
    if (a.approximate)
      steep = (1 - square(y)) * (root * (1 + 3 * cubic * square(bounded)));
    else
      steep = exp(square(bounded) * -0.5) * root;
    return cast(0.5 * (1 + y) + 0.5 * bounded * steep, {.dtype = x.dtype()});
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) { return t[0] * slope(node.in[0], a); }
  static Array vjp(const RuleInput& node, const Attrs& a, Tangents ct) { return ct[0] * slope(node.in[0], a); }
  static std::vector<Sample> samples() {
    return {sample<Gelu>({{{2, 3}}}), sample<Gelu>({{{5}}}, {.approximate = true})};
  }
  static constexpr Onnx onnx{"Gelu", 20};
};

}  // namespace koine::ops
