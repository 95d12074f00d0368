#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Acosh : Elementwise<1> {
  static constexpr auto doc = "Inverse hyperbolic cosine, elementwise; real numbers below 1 give NaN.";
  static constexpr auto example =
      ">>> kn.acosh(kn.asarray([1.0, 2.0]))\n"
      "array([0.      , 1.316958])";
  static constexpr Domain domain{1.2, 3};
  static auto body(auto x) { return acosh(x); }
  // Two roots: the root of the product lies on another branch for complex x.
  static Array partial(Array, Array x) { return rsqrt(x - 1) * rsqrt(x + 1); }
  static constexpr Onnx onnx{"Acosh", 9};
};

}  // namespace koine::ops
