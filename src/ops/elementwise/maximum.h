#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Maximum : Elementwise<2> {
  static constexpr auto doc =
      "The larger of x1 and x2, elementwise; NaN if either is NaN; equal operands have slope 1/2 each.";
  static constexpr auto example =
      ">>> kn.maximum(kn.asarray([1.0, 4.0]), 2.0)\n"
      "array([2., 4.])";
  static constexpr Accept accept = Accept::ordered;
  static auto body(auto x1, auto x2) { return max(x1, x2); }
  static Array partial_1(Array y, Array x1, Array x2) { return share(y, x1, x2); }
  static Array partial_2(Array y, Array x1, Array x2) { return share(y, x2, x1); }
  static Array share(const Array& y, const Array& own, const Array& other) {
    return where(own == other, 0.5, where(own < other, 0, ones_like(y)));
  }
  static constexpr Onnx onnx{"Max", 8};
};

}  // namespace koine::ops
