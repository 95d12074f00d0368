#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct BitwiseInvert : Elementwise<1> {
  static constexpr auto doc = "Every bit of x inverted, elementwise; logical not on bool.";
  static constexpr auto example =
      ">>> kn.bitwise_invert(kn.asarray([0, 5]))\n"
      "array([-1, -6])";
  static constexpr Accept accept = Accept::bits;
  static auto body(auto x) { return ~x; }
  static constexpr Onnx onnx{"BitwiseNot", 18};
};

}  // namespace koine::ops
