#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Log2 : Elementwise<1> {
  static constexpr auto doc = "The logarithm to base 2, elementwise; zero gives -infinity, negative real numbers NaN.";
  static constexpr auto example =
      ">>> kn.log2(kn.asarray([1.0, 8.0]))\n"
      "array([0., 3.])";
  static constexpr Domain domain{0.1, 3};
  static auto body(auto x) { return log2(x); }
  static Array partial(Array, Array x) { return 1.4426950408889634 / x; }
};

}  // namespace koine::ops
