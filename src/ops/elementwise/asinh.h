#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Asinh : Elementwise<1> {
  static constexpr auto doc = "Inverse hyperbolic sine, elementwise.";
  static constexpr auto example =
      ">>> kn.asinh(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.8813736])";
  static auto body(auto x) { return asinh(x); }
  static Array partial(Array, Array x) { return rsqrt(1 + x * x); }
  static constexpr Onnx onnx{"Asinh", 9};
};

}  // namespace koine::ops
