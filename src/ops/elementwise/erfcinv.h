#pragma once
#include "ops/family/elementwise.h"
#include "ops/family/inverse_erf.h"

#include <koine/ops.h>

namespace koine::ops {

struct Erfcinv : Elementwise<1> {
  static constexpr auto doc =
      "The inverse of 1 - erf, elementwise, exact in all digits for small x: infinite at 0, minus infinite at 2, NaN "
      "beyond.";
  static constexpr auto example =
      ">>> kn.erfcinv(kn.asarray([1.0, 0.5]))\n"
      "array([0.        , 0.47693628])";
  static constexpr Accept accept = Accept::floating;
  static constexpr Domain domain{0.1, 1.9};
  static auto body(auto x) { return inverse_erf(1 - x, min(x, 2 - x)); }
  static Array partial(Array y, Array) { return -0.8862269254527581 * exp(square(y)); }
};

}  // namespace koine::ops
