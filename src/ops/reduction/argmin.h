#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Argmin : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis",
                          "the axis to look along; over several, or all by default, the place counts row-major"),
      field<&Attrs::keepdims>("keepdims", "keep the searched axes with length 1")};
  static constexpr auto doc = "The place of the first smallest element along an axis; a NaN counts as smallest.";
  static constexpr auto example =
      ">>> kn.argmin(kn.asarray([[1, 9, 5], [7, 2, 3]]), axis=1)\n"
      "array([0, 1])";
  static constexpr Reduced result = Reduced::index;
  static constexpr auto not_differentiable = "its result is a place";
  static auto combine(auto x, auto y) { return min(x, y); }
  static constexpr Onnx onnx{"ArgMin", 13};
};

}  // namespace koine::ops
