#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Sigmoid : Elementwise<1> {
  static constexpr auto doc = "1 / (1 + exp(-x)), elementwise, without overflow: exactly 0 and 1 far out.";
  static constexpr auto example =
      ">>> kn.sigmoid(kn.asarray([0.0, 2.0]))\n"
      "array([0.5     , 0.880797])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x) {
    auto e = exp(-abs(x));
    return select(x >= 0, 1 / (1 + e), e / (1 + e));
  }
  static Array partial(Array y, Array) { return y * (1 - y); }
  static constexpr Onnx onnx{"Sigmoid", 6};
};

}  // namespace koine::ops
