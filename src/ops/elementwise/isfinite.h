#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Isfinite : Elementwise<1> {
  static constexpr auto doc =
      "Whether x is finite, elementwise; both parts of a complex number must be; always for integers.";
  static constexpr auto example =
      ">>> kn.isfinite(kn.asarray([1.0, kn.inf, kn.nan]))\n"
      "array([ True, False, False])";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::boolean;
  static auto body(auto x) { return is_finite(x); }
};

}  // namespace koine::ops
