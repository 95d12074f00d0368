#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct LogicalNot : Elementwise<1> {
  static constexpr auto doc = "Whether x is zero, elementwise; NaN is not.";
  static constexpr auto example =
      ">>> kn.logical_not(kn.asarray([0, 2]))\n"
      "array([ True, False])";
  static constexpr Accept accept = Accept::logical;
  static constexpr Result result = Result::boolean;
  static auto body(auto x) { return !x; }
  static constexpr Onnx onnx{"Not", 1};
};

}  // namespace koine::ops
