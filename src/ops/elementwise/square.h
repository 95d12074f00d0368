#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Square : Elementwise<1> {
  static constexpr auto doc = "The square x * x, elementwise; integers wrap.";
  static constexpr auto example =
      ">>> kn.square(kn.asarray([3, -2]))\n"
      "array([9, 4])";
  static constexpr Accept accept = Accept::numeric;
  static auto body(auto x) { return x * x; }
  static Array partial(Array, Array x) { return 2 * x; }
};

}  // namespace koine::ops
