#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Floor : Elementwise<1> {
  static constexpr auto doc = "The greatest whole number not above x, elementwise; its derivative is zero.";
  static constexpr auto example =
      ">>> kn.floor(kn.asarray([1.8, -1.2]))\n"
      "array([ 1., -2.])";
  static constexpr Accept accept = Accept::real;
  static auto body(auto x) { return floor(x); }
  static Array partial(Array y, Array) { return zeros_like(y); }
  static constexpr Onnx onnx{"Floor", 6};
};

}  // namespace koine::ops
