#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Tanh : Elementwise<1> {
  static constexpr auto doc = "Hyperbolic tangent, elementwise.";
  static constexpr auto example =
      ">>> kn.tanh(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.7615942])";
  static auto body(auto x) { return tanh(x); }
  static Array partial(Array y, Array) { return 1 - y * y; }
  static constexpr Onnx onnx{"Tanh", 6};
};

}  // namespace koine::ops
