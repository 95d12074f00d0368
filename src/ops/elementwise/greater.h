#pragma once
#include "ops/family/comparison.h"

namespace koine::ops {

struct Greater : Comparison<2> {
  static constexpr auto doc = "Whether x1 is greater than x2, elementwise; false where either is NaN.";
  static constexpr auto example =
      ">>> kn.greater(kn.asarray([1, 3]), 2)\n"
      "array([False,  True])";
  static constexpr Accept accept = Accept::ordered;
  static auto body(auto x1, auto x2) { return x1 > x2; }
  static constexpr Onnx onnx{"Greater", 7};
};

}  // namespace koine::ops
