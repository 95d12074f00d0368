#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct BitwiseXor : Elementwise<2> {
  static constexpr auto doc = "The bits of x1 exclusive or those of x2, elementwise; logical on bool.";
  static constexpr auto example =
      ">>> kn.bitwise_xor(kn.asarray([6, 5]), 3)\n"
      "array([5, 6])";
  static constexpr Accept accept = Accept::bits;
  static auto body(auto x1, auto x2) { return x1 ^ x2; }
  static constexpr Onnx onnx{"BitwiseXor", 18};
};

}  // namespace koine::ops
