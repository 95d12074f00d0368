#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Isnan : Elementwise<1> {
  static constexpr auto doc =
      "Whether x is NaN, elementwise; either part of a complex number counts; never for integers.";
  static constexpr auto example =
      ">>> kn.isnan(kn.asarray([1.0, kn.inf, kn.nan]))\n"
      "array([False, False,  True])";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::boolean;
  static auto body(auto x) { return is_nan(x); }
  static constexpr Onnx onnx{"IsNaN", 9};
};

}  // namespace koine::ops
