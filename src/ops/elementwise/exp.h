#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Exp : Elementwise<1> {
  static constexpr auto doc = "The exponential e ** x, elementwise; overflow gives infinity.";
  static constexpr auto example =
      ">>> kn.exp(kn.asarray([0.0, 1.0]))\n"
      "array([1.       , 2.7182817])";
  static auto body(auto x) { return exp(x); }
  static Array partial(Array y, Array) { return y; }
  static constexpr Onnx onnx{"Exp", 6};
};

}  // namespace koine::ops
