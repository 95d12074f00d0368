#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"
#include "ops/linalg/euclidean_norm.h"

namespace koine::ops {

struct Std : Composite {
  struct Attrs {
    Axes axis = {};
    double correction = 0;
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes over which the deviation is taken, all by default"),
      field<&Attrs::correction>("correction", "what is taken off the number of elements that the sum is divided by"),
      field<&Attrs::keepdims>("keepdims", "keep these axes with length 1")};
  static constexpr auto doc =
      "The standard deviation over axes, the root of the variance, without overflow between; of equal elements it is 0 "
      "with the slope 0.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x"
      " does not have.";
  static constexpr auto example =
      ">>> kn.std(kn.asarray([[1.0, 3.0], [2.0, 6.0]]), axis=1)\n"
      "array([1., 2.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput& in) { a.axis = axes_from_end(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x);
    Array length = record<EuclideanNorm>({wide - mean(wide, {.axis = a.axis, .keepdims = true})},
                                         {.axis = a.axis, .keepdims = a.keepdims});
    Array count = maximum(counted(x.shape(), a.axis, length.dtype()) - a.correction, 0);
    return cast(length / sqrt(count), {.dtype = real_of(x.dtype())});
  }
  static std::vector<Sample> samples() {
    return {sample<Std>({{{2, 3}}}, {.axis = {-2, -1}}),
            sample<Std>({{{2, 3, 4}}}, {.axis = {-2}, .correction = 1, .keepdims = true}),
            sample<Std>({{{5}}}, {.axis = {-1}, .correction = 0.5})};
  }
};

}  // namespace koine::ops
