#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Expm1 : Elementwise<1> {
  static constexpr auto doc = "exp(x) - 1, elementwise, exact also near zero; overflow gives infinity.";
  static constexpr auto example =
      ">>> kn.expm1(kn.asarray([0.0, 1e-8]))\n"
      "array([0.e+00, 1.e-08])";
  static auto body(auto x) { return expm1(x); }
  static Array partial(Array y, Array) { return y + 1; }
};

}  // namespace koine::ops
