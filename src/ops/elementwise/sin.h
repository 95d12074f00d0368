#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Sin : Elementwise<1> {
  static constexpr auto doc = "Sine of an angle in radians, elementwise; infinities give NaN.";
  static constexpr auto example =
      ">>> kn.sin(kn.asarray([0.0, kn.pi / 2]))\n"
      "array([0., 1.])";
  static auto body(auto x) { return sin(x); }
  static Array partial(Array, Array x) { return cos(x); }
  static constexpr Onnx onnx{"Sin", 7};
};

}  // namespace koine::ops
