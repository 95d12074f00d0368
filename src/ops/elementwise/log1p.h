#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Log1p : Elementwise<1> {
  static constexpr auto doc =
      "log(1 + x), elementwise, exact also near zero; -1 gives -infinity, real numbers below give NaN.";
  static constexpr auto example =
      ">>> kn.log1p(kn.asarray([0.0, 1.0]))\n"
      "array([0.       , 0.6931472])";
  static constexpr Domain domain{-0.5, 3};
  static auto body(auto x) { return log1p(x); }
  static Array partial(Array, Array x) { return 1 / (1 + x); }
};

}  // namespace koine::ops
