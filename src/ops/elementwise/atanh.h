#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Atanh : Elementwise<1> {
  static constexpr auto doc =
      "Inverse hyperbolic tangent, elementwise; -1 and 1 give infinities, real numbers outside NaN.";
  static constexpr auto example =
      ">>> kn.atanh(kn.asarray([0.0, 0.5]))\n"
      "array([0.        , 0.54930615])";
  static constexpr Domain domain{-0.9, 0.9};
  static auto body(auto x) { return atanh(x); }
  static Array partial(Array, Array x) { return 1 / ((1 - x) * (1 + x)); }
  static constexpr Onnx onnx{"Atanh", 9};
};

}  // namespace koine::ops
