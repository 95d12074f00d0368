#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Relu : Elementwise<1> {
  static constexpr auto doc = "max(x, 0), elementwise; NaN stays NaN; the slope at 0 is 0.";
  static constexpr auto example =
      ">>> kn.relu(kn.asarray([-1.0, 2.0]))\n"
      "array([0., 2.])";
  static constexpr Accept accept = Accept::real;
  static auto body(auto x) { return max(x, 0); }
  static Array partial(Array, Array x) { return cast(x > 0, {.dtype = x.dtype()}); }
  static constexpr Onnx onnx{"Relu", 6};
};

}  // namespace koine::ops
