#pragma once
#include "ops/family/comparison.h"

namespace koine::ops {

struct NotEqual : Comparison<2> {
  static constexpr auto doc = "Whether x1 differs from x2, elementwise; NaN differs from everything.";
  static constexpr auto example =
      ">>> kn.not_equal(kn.asarray([1, 2]), kn.asarray([1, 3]))\n"
      "array([False,  True])";
  static constexpr Accept accept = Accept::any;
  static auto body(auto x1, auto x2) { return x1 != x2; }
};

}  // namespace koine::ops
