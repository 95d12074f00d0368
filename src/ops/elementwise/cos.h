#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Cos : Elementwise<1> {
  static constexpr auto doc = "Cosine of an angle in radians, elementwise; infinities give NaN.";
  static constexpr auto example =
      ">>> kn.cos(kn.asarray([0.0, kn.pi]))\n"
      "array([ 1., -1.])";
  static auto body(auto x) { return cos(x); }
  static Array partial(Array, Array x) { return -sin(x); }
  static constexpr Onnx onnx{"Cos", 7};
};

}  // namespace koine::ops
