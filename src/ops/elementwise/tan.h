#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Tan : Elementwise<1> {
  static constexpr auto doc = "Tangent of an angle in radians, elementwise; infinities give NaN.";
  static constexpr auto example =
      ">>> kn.tan(kn.asarray([0.0, kn.pi / 4]))\n"
      "array([0., 1.])";
  static constexpr Domain domain{-1.2, 1.2};
  static auto body(auto x) { return tan(x); }
  static Array partial(Array y, Array) { return 1 + y * y; }
  static constexpr Onnx onnx{"Tan", 7};
};

}  // namespace koine::ops
