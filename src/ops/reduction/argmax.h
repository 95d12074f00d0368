#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Argmax : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis",
                          "the axis to look along; over several, or all by default, the place counts row-major"),
      field<&Attrs::keepdims>("keepdims", "keep the searched axes with length 1")};
  static constexpr auto doc = "The place of the first largest element along an axis; a NaN counts as largest.";
  static constexpr auto example =
      ">>> kn.argmax(kn.asarray([[1, 9, 5], [7, 2, 3]]), axis=1)\n"
      "array([1, 0])";
  static constexpr Reduced result = Reduced::index;
  static constexpr auto not_differentiable = "its result is a place";
  static auto combine(auto x, auto y) { return max(x, y); }
  static constexpr Onnx onnx{"ArgMax", 13};
};

}  // namespace koine::ops
