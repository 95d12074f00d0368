#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Subtract : Elementwise<2> {
  static constexpr auto doc = "The difference x1 - x2, elementwise; integers wrap.";
  static constexpr auto example =
      ">>> kn.subtract(kn.asarray([1, 2]), kn.asarray([[1], [2]]))\n"
      "array([[ 0,  1],\n"
      "       [-1,  0]])";
  static constexpr Accept accept = Accept::numeric;
  static auto body(auto x1, auto x2) { return x1 - x2; }
  static Array partial_1(Array y, Array, Array) { return ones_like(y); }
  static Array partial_2(Array y, Array, Array) { return -ones_like(y); }
  static constexpr Onnx onnx{"Sub", 7};
};

}  // namespace koine::ops
