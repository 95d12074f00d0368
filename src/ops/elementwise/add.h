#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Add : Elementwise<2> {
  static constexpr auto doc = "The sum x1 + x2, elementwise; integers wrap.";
  static constexpr auto example =
      ">>> kn.add(kn.asarray([[1], [2]]), kn.asarray([10, 20]))\n"
      "array([[11, 21],\n"
      "       [12, 22]])";
  static constexpr Accept accept = Accept::numeric;
  static auto body(auto x1, auto x2) { return x1 + x2; }
  static Array partial_1(Array y, Array, Array) { return ones_like(y); }
  static Array partial_2(Array y, Array, Array) { return ones_like(y); }
  static constexpr Onnx onnx{"Add", 14};
};

}  // namespace koine::ops
