#pragma once
#include "ops/family/comparison.h"

namespace koine::ops {

struct Equal : Comparison<2> {
  static constexpr auto doc = "Whether x1 equals x2, elementwise; false where either is NaN.";
  static constexpr auto example =
      ">>> kn.equal(kn.asarray([1, 2]), kn.asarray([1, 3]))\n"
      "array([ True, False])";
  static constexpr Accept accept = Accept::any;
  static auto body(auto x1, auto x2) { return x1 == x2; }
  static constexpr Onnx onnx{"Equal", 7};
};

}  // namespace koine::ops
