#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Clip : Elementwise<3> {
  static constexpr auto doc =
      "x brought into the range from min to max, elementwise; max wins where min > max; NaN anywhere gives NaN; "
      "the derivative passes to x within the closed range, else to the bound that was taken.";
  static constexpr auto example =
      ">>> kn.clip(kn.asarray([-2.0, 0.5, 3.0]), -1, 1)\n"
      "array([-1. ,  0.5,  1. ])";
  static constexpr const char* args[] = {"x", "min", "max"};
  static constexpr Accept accept = Accept::ordered;
  static auto body(auto x, auto min, auto max) { return koine::scalar::min(koine::scalar::max(x, min), max); }
  static Array partial_1(Array y, Array x, Array min, Array max) { return one(y, logical_and(x >= min, x <= max)); }
  static Array partial_2(Array y, Array x, Array min, Array max) { return one(y, logical_and(x < min, min <= max)); }
  static Array partial_3(Array y, Array x, Array min, Array max) { return one(y, logical_or(x > max, min > max)); }
  static Array one(const Array& y, const Array& holds) { return cast(holds, {.dtype = y.dtype()}); }
  static constexpr Onnx onnx{"Clip", 11};
};

}  // namespace koine::ops
