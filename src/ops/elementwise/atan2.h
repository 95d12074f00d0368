#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Atan2 : Elementwise<2> {
  static constexpr auto doc =
      "The angle of the point (x2, x1) in [-pi, pi], elementwise; the signs of zeros choose the quadrant.";
  static constexpr auto example =
      ">>> kn.atan2(kn.asarray([1.0, -1.0]), kn.asarray([1.0, -1.0]))\n"
      "array([ 0.7853981, -2.3561945])";
  static constexpr Accept accept = Accept::floating;
  static auto body(auto x1, auto x2) { return atan2(x1, x2); }
  static Array partial_1(Array, Array x1, Array x2) { return x2 / radius(x1, x2) / radius(x1, x2); }
  static Array partial_2(Array, Array x1, Array x2) { return -x1 / radius(x1, x2) / radius(x1, x2); }
  // 1 at the origin, so that the slopes are 0 there. Its square could overflow.
  static Array radius(Array x1, Array x2) {
    Array r = hypot(x1, x2);
    return where(r == 0, 1, r);
  }
};

}  // namespace koine::ops
