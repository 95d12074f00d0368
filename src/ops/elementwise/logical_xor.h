#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct LogicalXor : Elementwise<2> {
  static constexpr auto doc = "Whether exactly one operand is other than zero, elementwise; NaN is other than zero.";
  static constexpr auto example =
      ">>> kn.logical_xor(kn.asarray([True, True]), kn.asarray([True, False]))\n"
      "array([False,  True])";
  static constexpr Accept accept = Accept::logical;
  static constexpr Result result = Result::boolean;
  static auto body(auto x1, auto x2) { return (x1 != 0) ^ (x2 != 0); }
  static constexpr Onnx onnx{"Xor", 7};
};

}  // namespace koine::ops
