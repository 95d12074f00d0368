#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Max : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes to look along, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep the searched axes with length 1")};
  static constexpr auto doc =
      "The largest element over axes; NaN where there is one. Equal largest elements share the gradient.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x"
      " does not have, ValueError where there is no element to choose from, DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.max(kn.asarray([[1, 9], [7, 2]]), axis=0)\n"
      "array([7, 9])";
  static auto combine(auto x, auto y) { return max(x, y); }
  static Array partial(const Array& y, const Array& x, const Axes& axis) { return share_of_equals(y, x, axis); }
  static constexpr Onnx onnx{"ReduceMax", 13};
};

}  // namespace koine::ops
