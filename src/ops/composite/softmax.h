#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Softmax : Composite {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis that sums to one")};
  static constexpr auto doc =
      "exp(x - max(x)) / sum(exp(x - max(x))) along an axis; zeros where all elements are minus infinity.";
  static constexpr auto shapes = "The result has x's shape; IndexError for an axis that x does not have.";
  static constexpr auto example =
      ">>> kn.softmax(kn.asarray([[0.0, 0.0], [0.0, 1000.0]]))\n"
      "array([[0.5, 0.5],\n"
      "       [0. , 1. ]])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    if (same(x.shape()[a.axis], 0)) return x;
    Array wide = widened(x);
    Array e = exp(wide - top_for_exp(wide, a.axis));
    return cast(e / positive_total(e, a.axis), {.dtype = x.dtype()});
  }
  // The Jacobian diag(y) - y y' is symmetric: tangents and cotangents pass alike.
  static Array through(const Array& y, const Array& t, const Attrs& a) {
    return y * (t - sum(t * y, {.axis = a.axis, .keepdims = true}));
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) { return through(node.out[0], t[0], a); }
  static Array vjp(const RuleInput& node, const Attrs& a, Tangents ct) { return through(node.out[0], ct[0], a); }
  static std::vector<Sample> samples() {
    return {sample<Softmax>({{{5}}}), sample<Softmax>({{{3, 4}}}, {.axis = -2}),
            sample<Softmax>({{{2, 3, 2}}}, {.axis = -1})};
  }
  static constexpr Onnx onnx{"Softmax", 13};
};

}  // namespace koine::ops
