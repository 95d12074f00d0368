#pragma once
#include "ops/family/elementwise.h"
#include "ops/family/inverse_erf.h"

#include <koine/ops.h>

namespace koine::ops {

struct Erfinv : Elementwise<1> {
  static constexpr auto doc = "The inverse of erf, elementwise: infinite at -1 and 1, NaN beyond.";
  static constexpr auto example =
      ">>> kn.erfinv(kn.asarray([0.0, 0.5]))\n"
      "array([0.        , 0.47693628])";
  static constexpr Accept accept = Accept::floating;
  static constexpr Domain domain{-0.9, 0.9};
  static auto body(auto x) { return inverse_erf(x, 1 - abs(x)); }
  static Array partial(Array y, Array) { return 0.8862269254527581 * exp(square(y)); }
};

}  // namespace koine::ops
