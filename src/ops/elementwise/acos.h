#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Acos : Elementwise<1> {
  static constexpr auto doc = "Inverse cosine in [0, pi], elementwise; real numbers outside [-1, 1] give NaN.";
  static constexpr auto example =
      ">>> kn.acos(kn.asarray([-1.0, 0.0, 1.0]))\n"
      "array([3.1415927, 1.5707964, 0.       ])";
  static constexpr Domain domain{-0.9, 0.9};
  static auto body(auto x) { return acos(x); }
  static Array partial(Array, Array x) { return -rsqrt((1 - x) * (1 + x)); }
  static constexpr Onnx onnx{"Acos", 7};
};

}  // namespace koine::ops
