#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Cosh : Elementwise<1> {
  static constexpr auto doc = "Hyperbolic cosine, elementwise; overflow gives infinity.";
  static constexpr auto example =
      ">>> kn.cosh(kn.asarray([0.0, 1.0]))\n"
      "array([1.       , 1.5430806])";
  static auto body(auto x) { return cosh(x); }
  static Array partial(Array, Array x) { return sinh(x); }
  static constexpr Onnx onnx{"Cosh", 9};
};

}  // namespace koine::ops
