#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Sinh : Elementwise<1> {
  static constexpr auto doc = "Hyperbolic sine, elementwise; overflow gives infinity.";
  static constexpr auto example =
      ">>> kn.sinh(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 1.1752012])";
  static auto body(auto x) { return sinh(x); }
  static Array partial(Array, Array x) { return cosh(x); }
  static constexpr Onnx onnx{"Sinh", 9};
};

}  // namespace koine::ops
