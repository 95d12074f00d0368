#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct BitwiseRightShift : Elementwise<2> {
  static constexpr auto doc =
      "x1 shifted right by x2 bits with its sign, elementwise: the quotient by 2 ** x2 rounded down; 0 where x2 is "
      "negative.";
  static constexpr auto example =
      ">>> kn.bitwise_right_shift(kn.asarray([8, -5]), 1)\n"
      "array([ 4, -3])";
  static constexpr Accept accept = Accept::integers;
  // The primitive gives 0 for a count that reaches the width, where a negative number has ones left.
  static auto body(auto x1, auto x2) {
    auto y = x1 >> x2;
    return select((x1 < 0) & (x2 >= 0) & (y == 0), ~y, y);
  }
};

}  // namespace koine::ops
