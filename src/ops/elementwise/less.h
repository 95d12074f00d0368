#pragma once
#include "ops/family/comparison.h"

namespace koine::ops {

struct Less : Comparison<2> {
  static constexpr auto doc = "Whether x1 is less than x2, elementwise; false where either is NaN.";
  static constexpr auto example =
      ">>> kn.less(kn.asarray([1, 3]), 2)\n"
      "array([ True, False])";
  static constexpr Accept accept = Accept::ordered;
  static auto body(auto x1, auto x2) { return x1 < x2; }
  static constexpr Onnx onnx{"Less", 7};
};

}  // namespace koine::ops
