#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Log : Elementwise<1> {
  static constexpr auto doc = "The natural logarithm, elementwise; zero gives -infinity, negative real numbers NaN.";
  static constexpr auto example =
      ">>> kn.log(kn.asarray([1.0, kn.e]))\n"
      "array([0., 1.])";
  static constexpr Domain domain{0.1, 3};
  static auto body(auto x) { return log(x); }
  static Array partial(Array, Array x) { return 1 / x; }
  static constexpr Onnx onnx{"Log", 6};
};

}  // namespace koine::ops
