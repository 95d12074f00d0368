#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Ceil : Elementwise<1> {
  static constexpr auto doc = "The least whole number not below x, elementwise; its derivative is zero.";
  static constexpr auto example =
      ">>> kn.ceil(kn.asarray([1.2, -1.2]))\n"
      "array([ 2., -1.])";
  static constexpr Accept accept = Accept::real;
  static auto body(auto x) { return ceil(x); }
  static Array partial(Array y, Array) { return zeros_like(y); }
  static constexpr Onnx onnx{"Ceil", 6};
};

}  // namespace koine::ops
