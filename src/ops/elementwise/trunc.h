#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Trunc : Elementwise<1> {
  static constexpr auto doc = "The whole part of x, elementwise; its derivative is zero.";
  static constexpr auto example =
      ">>> kn.trunc(kn.asarray([1.8, -1.8]))\n"
      "array([ 1., -1.])";
  static constexpr Accept accept = Accept::real;
  static auto body(auto x) { return trunc(x); }
  static Array partial(Array y, Array) { return zeros_like(y); }
};

}  // namespace koine::ops
