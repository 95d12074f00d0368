#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Erf : Elementwise<1> {
  static constexpr auto doc = "The error function 2 / sqrt(pi) * (integral of exp(-t ** 2) from 0 to x), elementwise.";
  static constexpr auto example =
      ">>> kn.erf(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.8427008])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x) { return erf(x); }
  static Array partial(Array, Array x) { return 1.1283791670955126 * exp(-x * x); }
  static constexpr Onnx onnx{"Erf", 9};
};

}  // namespace koine::ops
