#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Softsign : Elementwise<1> {
  static constexpr auto doc = "x / (1 + |x|), elementwise.";
  static constexpr auto example =
      ">>> kn.softsign(kn.asarray([0.0, 1.0]))\n"
      "array([0. , 0.5])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x) { return x / (1 + abs(x)); }
  static Array partial(Array, Array x) { return reciprocal(square(1 + abs(x))); }
  static constexpr Onnx onnx{"Softsign", 1};
};

}  // namespace koine::ops
