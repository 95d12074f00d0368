#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct ScratchRmsNorm : Composite {
  struct Attrs {
    int64_t axis = -1;
    double epsilon = 1e-3;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis that is normalised"),
                                             field<&Attrs::epsilon>("epsilon", "added to the mean of the squares")};
  static constexpr auto doc = "x / sqrt(mean(x * x) + epsilon) along an axis.";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x);
    Array norm = sqrt(mean(wide * wide, {.axis = a.axis, .keepdims = true}) + a.epsilon);
    return cast(wide / norm, {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<ScratchRmsNorm>({{{5}}}), sample<ScratchRmsNorm>({{{3, 4}}}, {.axis = -2, .epsilon = 0.1})};
  }
};

}  // namespace koine::ops
