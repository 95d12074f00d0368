#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Logaddexp : Elementwise<2> {
  static constexpr auto doc =
      "log(exp(x1) + exp(x2)), elementwise, without overflow; two equal infinities give themselves.";
  static constexpr auto example =
      ">>> kn.logaddexp(kn.asarray([0.0, 1000.0]), kn.asarray([0.0, 1000.0]))\n"
      "array([6.9314718e-01, 1.0006932e+03])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x1, auto x2) {
    // Equal operands apart: the difference of two infinities is NaN.
    return max(x1, x2) + select(x1 == x2, 0.6931471805599453, log1p(exp(-abs(x1 - x2))));
  }
  static Array partial_1(Array, Array x1, Array x2) { return share(x1, x2); }
  static Array partial_2(Array, Array x1, Array x2) { return share(x2, x1); }
  // exp(a) / (exp(a) + exp(b)), one half each for equal infinities.
  static Array share(Array a, Array b) { return sigmoid(where(logical_and(a == b, isinf(a)), 0, a - b)); }
};

}  // namespace koine::ops
