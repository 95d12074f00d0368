#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct FloorDivide : Elementwise<2> {
  static constexpr auto doc =
      "The quotient rounded towards minus infinity; an integer by zero gives 0, the least integer by -1 wraps, a "
      "floating number by zero is infinite or NaN; the derivative is zero.";
  static constexpr auto example =
      ">>> kn.floor_divide(kn.asarray([7, -7]), 2)\n"
      "array([ 3, -4])";
  static constexpr Accept accept = Accept::real;
  static constexpr Domain domain{0.5, 2};
  static auto body(auto x1, auto x2) { return floor_divide(x1, x2); }
  static Array partial_1(Array y, Array, Array) { return zeros_like(y); }
  static Array partial_2(Array y, Array, Array) { return zeros_like(y); }
};

}  // namespace koine::ops
