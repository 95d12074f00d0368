#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct BitwiseLeftShift : Elementwise<2> {
  static constexpr auto doc = "x1 shifted left by x2 bits, elementwise; 0 where x2 is negative or at least the width.";
  static constexpr auto example =
      ">>> kn.bitwise_left_shift(kn.asarray([1, 3]), 2)\n"
      "array([ 4, 12])";
  static constexpr Accept accept = Accept::integers;
  static auto body(auto x1, auto x2) { return x1 << x2; }
};

}  // namespace koine::ops
