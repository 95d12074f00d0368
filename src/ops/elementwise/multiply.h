#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Multiply : Elementwise<2> {
  static constexpr auto doc = "The product x1 * x2, elementwise; integers wrap.";
  static constexpr auto example =
      ">>> kn.multiply(kn.asarray([1, 2, 3]), kn.asarray([[1], [10]]))\n"
      "array([[ 1,  2,  3],\n"
      "       [10, 20, 30]])";
  static constexpr Accept accept = Accept::numeric;
  static auto body(auto x1, auto x2) { return x1 * x2; }
  static Array partial_1(Array, Array, Array x2) { return x2; }
  static Array partial_2(Array, Array x1, Array) { return x1; }
  static constexpr Onnx onnx{"Mul", 14};
};

}  // namespace koine::ops
