#pragma once
#include "base/number.h"
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
  // A bound beyond the range of integers bounds nothing.
  static Array instead(const ir::OpSpec&, std::span<const Arg> args) {
    if (!args[0].is_array() || !args[0].array().defined() || !is_integer(args[0].array().dtype())) return {};
    const Array& x = args[0].array();
    auto without = [&](const Arg& bound, bool below) {
      return !bound.is_array() && bound.number().kind() == Kind::integer && !in_range(bound.number(), x.dtype()) &&
             (bound.number().real() < 0) == below;
    };
    bool no_min = without(args[1], true), no_max = without(args[2], false);
    if (no_min && no_max) return x;
    if (no_min) return minimum(x, args[2]);
    return no_max ? maximum(x, args[1]) : Array();
  }
  static auto body(auto x, auto min, auto max) { return koine::scalar::min(koine::scalar::max(x, min), max); }
  static Array partial_1(Array y, Array x, Array min, Array max) { return one(y, logical_and(x >= min, x <= max)); }
  static Array partial_2(Array y, Array x, Array min, Array max) { return one(y, logical_and(x < min, min <= max)); }
  static Array partial_3(Array y, Array x, Array min, Array max) { return one(y, logical_or(x > max, min > max)); }
  static Array one(const Array& y, const Array& holds) { return cast(holds, {.dtype = y.dtype()}); }
  static constexpr Onnx onnx{"Clip", 11};
};

}  // namespace koine::ops
