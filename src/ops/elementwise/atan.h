#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Atan : Elementwise<1> {
  static constexpr auto doc = "Inverse tangent in [-pi/2, pi/2], elementwise.";
  static constexpr auto example =
      ">>> kn.atan(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.7853981])";
  static auto body(auto x) { return atan(x); }
  static Array partial(Array, Array x) { return 1 / (1 + x * x); }
  static constexpr Onnx onnx{"Atan", 7};
};

}  // namespace koine::ops
