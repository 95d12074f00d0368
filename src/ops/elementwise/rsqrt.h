#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Rsqrt : Elementwise<1> {
  static constexpr auto doc =
      "The reciprocal square root 1 / sqrt(x), elementwise; zero gives infinity, negative real numbers NaN.";
  static constexpr auto example =
      ">>> kn.rsqrt(kn.asarray([1.0, 4.0]))\n"
      "array([1. , 0.5])";
  static constexpr Domain domain{0.2, 3};
  static auto body(auto x) { return 1 / sqrt(x); }
  static Array partial(Array y, Array x) { return -0.5 * y / x; }
};

}  // namespace koine::ops
