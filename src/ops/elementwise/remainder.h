#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Remainder : Elementwise<2> {
  static constexpr auto doc =
      "What floor_divide leaves, with the sign of the divisor; an integer by zero gives 0, a floating number by "
      "zero NaN.";
  static constexpr auto example =
      ">>> kn.remainder(kn.asarray([7, -7]), 3)\n"
      "array([1, 2])";
  static constexpr Accept accept = Accept::real;
  static constexpr Domain domain{0.5, 2};
  static auto body(auto x1, auto x2) { return remainder(x1, x2); }
  static Array partial_1(Array y, Array, Array) { return ones_like(y); }
  static Array partial_2(Array, Array x1, Array x2) { return -floor_divide(x1, x2); }
};

}  // namespace koine::ops
