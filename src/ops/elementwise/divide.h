#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Divide : Elementwise<2> {
  static constexpr auto doc =
      "The quotient x1 / x2, elementwise; integers give float32; a nonzero number by zero is infinite, 0 / 0 is "
      "NaN.";
  static constexpr auto example =
      ">>> kn.divide(kn.asarray([1, 3]), 2)\n"
      "array([0.5, 1.5])";
  static constexpr Domain domain{0.5, 2};
  static auto body(auto x1, auto x2) { return x1 / x2; }
  static Array partial_1(Array, Array, Array x2) { return 1 / x2; }
  static Array partial_2(Array y, Array, Array x2) { return -y / x2; }
  static constexpr Onnx onnx{"Div", 7};
};

}  // namespace koine::ops
