#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct LogSoftmax : Composite {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis whose exponentials sum to one")};
  static constexpr auto doc =
      "x - log(sum(exp(x))) along an axis, without overflow; minus infinity where all elements are.";
  static constexpr auto shapes = "The result has x's shape; IndexError for an axis that x does not have.";
  static constexpr auto example =
      ">>> kn.log_softmax(kn.asarray([0.0, 0.0]))\n"
      "array([-0.6931472, -0.6931472])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    if (same(x.shape()[a.axis], 0)) return x;
    Array wide = widened(x);
    Array below = wide - top_for_exp(wide, a.axis);
    return cast(below - log(positive_total(exp(below), a.axis)), {.dtype = x.dtype()});
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    return t[0] - sum(t[0] * exp(node.out[0]), {.axis = a.axis, .keepdims = true});
  }
  static Array vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return ct[0] - exp(node.out[0]) * sum(ct[0], {.axis = a.axis, .keepdims = true});
  }
  static std::vector<Sample> samples() {
    return {sample<LogSoftmax>({{{5}}}), sample<LogSoftmax>({{{3, 4}}}, {.axis = -2}),
            sample<LogSoftmax>({{{2, 3, 2}}}, {.axis = -1})};
  }
  static constexpr Onnx onnx{"LogSoftmax", 13};
};

}  // namespace koine::ops
