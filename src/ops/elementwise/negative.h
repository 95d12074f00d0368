#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Negative : Elementwise<1> {
  static constexpr auto doc =
      "The negative -x, elementwise; the least integer is its own negative, unsigned integers wrap.";
  static constexpr auto example =
      ">>> kn.negative(kn.asarray([1.0, -2.0]))\n"
      "array([-1.,  2.])";
  static constexpr Accept accept = Accept::numeric;
  static auto body(auto x) { return -x; }
  static Array partial(Array y, Array) { return -ones_like(y); }
  static constexpr Onnx onnx{"Neg", 6};
};

}  // namespace koine::ops
