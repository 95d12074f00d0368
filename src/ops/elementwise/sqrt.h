#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Sqrt : Elementwise<1> {
  static constexpr auto doc =
      "The square root, elementwise; negative real numbers give NaN, complex ones the root with real part >= 0.";
  static constexpr auto example =
      ">>> kn.sqrt(kn.asarray([4.0, 2.0]))\n"
      "array([2.       , 1.4142135])";
  static constexpr Domain domain{0.1, 3};
  static auto body(auto x) { return sqrt(x); }
  static Array partial(Array y, Array) { return 0.5 / y; }
  static constexpr Onnx onnx{"Sqrt", 6};
};

}  // namespace koine::ops
