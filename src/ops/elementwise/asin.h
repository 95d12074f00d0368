#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Asin : Elementwise<1> {
  static constexpr auto doc = "Inverse sine in [-pi/2, pi/2], elementwise; real numbers outside [-1, 1] give NaN.";
  static constexpr auto example =
      ">>> kn.asin(kn.asarray([-1.0, 0.0, 1.0]))\n"
      "array([-1.5707964,  0.       ,  1.5707964])";
  static constexpr Domain domain{-0.9, 0.9};
  static auto body(auto x) { return asin(x); }
  static Array partial(Array, Array x) { return rsqrt((1 - x) * (1 + x)); }
  static constexpr Onnx onnx{"Asin", 7};
};

}  // namespace koine::ops
