#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Pow : Elementwise<2> {
  static constexpr auto doc =
      "The power x1 ** x2, elementwise; integers wrap, with a negative exponent they give the exact power or 0; a "
      "negative real base with a fractional exponent gives NaN; anything to the 0 is 1.";
  static constexpr auto example =
      ">>> kn.pow(kn.asarray([1, 2, 3]), 2)\n"
      "array([1, 4, 9])";
  static constexpr Accept accept = Accept::numeric;
  static constexpr Domain domain{0.2, 3};
  static auto body(auto x1, auto x2) { return pow(x1, x2); }
  // Exponent 0 has slope 0 at every base, where 0 * x1 ** -1 would be NaN.
  static Array partial_1(Array, Array x1, Array x2) { return x2 * pow(x1, where(x2 == 0, 0, x2 - 1)); }
  // Of the limits at base 0 the one for exponents >= 0: 0, where 0 * log(0) would be NaN.
  static Array partial_2(Array y, Array x1, Array x2) {
    Array flat = x1 == 0;
    if (!is_complex(y.dtype())) flat = logical_and(flat, x2 >= 0);
    return y * log(where(flat, 1, x1));
  }
  static constexpr Onnx onnx{"Pow", 7};
};

}  // namespace koine::ops
