#pragma once
#include "ops/family/comparison.h"

namespace koine::ops {

struct GreaterEqual : Comparison<2> {
  static constexpr auto doc = "Whether x1 is greater than or equal to x2, elementwise; false where either is NaN.";
  static constexpr auto example =
      ">>> kn.greater_equal(kn.asarray([1, 2, 3]), 2)\n"
      "array([False,  True,  True])";
  static constexpr Accept accept = Accept::ordered;
  static auto body(auto x1, auto x2) { return x1 >= x2; }
  static constexpr Onnx onnx{"GreaterOrEqual", 12};
};

}  // namespace koine::ops
