#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Hypot : Elementwise<2> {
  static constexpr auto doc =
      "sqrt(x1 ** 2 + x2 ** 2), elementwise, without overflow between; an infinity wins over NaN; the slope at the "
      "origin is 0.";
  static constexpr auto example =
      ">>> kn.hypot(kn.asarray([3.0, 5.0]), kn.asarray([4.0, 12.0]))\n"
      "array([ 5., 13.])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x1, auto x2) { return hypot(x1, x2); }
  static Array partial_1(Array y, Array x1, Array) { return x1 / where(y == 0, 1, y); }
  static Array partial_2(Array y, Array, Array x2) { return x2 / where(y == 0, 1, y); }
};

}  // namespace koine::ops
