#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Round : Elementwise<1> {
  static constexpr auto doc = "The nearest whole number, halves to even, elementwise; its derivative is zero.";
  static constexpr auto example =
      ">>> kn.round(kn.asarray([0.5, 1.5, -1.2]))\n"
      "array([ 0.,  2., -1.])";
  static constexpr Accept accept = Accept::real;
  static auto body(auto x) { return round(x); }
  static Array partial(Array y, Array) { return zeros_like(y); }
  static constexpr Onnx onnx{"Round", 11};
};

}  // namespace koine::ops
