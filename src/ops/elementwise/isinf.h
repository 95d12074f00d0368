#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Isinf : Elementwise<1> {
  static constexpr auto doc =
      "Whether x is infinite, elementwise; either part of a complex number counts; never for integers.";
  static constexpr auto example =
      ">>> kn.isinf(kn.asarray([1.0, kn.inf, kn.nan]))\n"
      "array([False,  True, False])";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::boolean;
  static auto body(auto x) { return is_inf(x); }
  static constexpr Onnx onnx{"IsInf", 10};
};

}  // namespace koine::ops
