#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Reciprocal : Elementwise<1> {
  static constexpr auto doc = "The reciprocal 1 / x, elementwise; a zero gives the infinity of its sign.";
  static constexpr auto example =
      ">>> kn.reciprocal(kn.asarray([2.0, -4.0]))\n"
      "array([ 0.5 , -0.25])";
  static constexpr Domain domain{0.5, 3};
  static auto body(auto x) { return 1 / x; }
  static Array partial(Array y, Array) { return -y * y; }
  static constexpr Onnx onnx{"Reciprocal", 6};
};

}  // namespace koine::ops
