#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct LogicalAnd : Elementwise<2> {
  static constexpr auto doc = "Whether both operands are other than zero, elementwise; NaN is other than zero.";
  static constexpr auto example =
      ">>> kn.logical_and(kn.asarray([True, True]), kn.asarray([True, False]))\n"
      "array([ True, False])";
  static constexpr Accept accept = Accept::logical;
  static constexpr Result result = Result::boolean;
  static auto body(auto x1, auto x2) { return (x1 != 0) & (x2 != 0); }
  static constexpr Onnx onnx{"And", 7};
};

}  // namespace koine::ops
