#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

namespace koine::ops {

struct Var : Composite {
  struct Attrs {
    Axes axis = {};
    double correction = 0;
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes over which the variance is taken, all by default"),
      field<&Attrs::correction>("correction", "what is taken off the number of elements that the sum is divided by"),
      field<&Attrs::keepdims>("keepdims", "keep these axes with length 1")};
  static constexpr auto doc =
      "The variance over axes: the sum of the squared distances from the mean, divided by the number of elements less "
      "the correction (1 for the unbiased estimate); of complex numbers it is real.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x"
      " does not have.";
  static constexpr auto example =
      ">>> kn.var(kn.asarray([[1.0, 3.0], [2.0, 6.0]]), axis=1)\n"
      "array([1., 4.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput& in) { a.axis = axes_from_end(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x);
    Array centred = wide - mean(wide, {.axis = a.axis, .keepdims = true});
    Array squares = is_complex(x.dtype()) ? square(real(centred)) + square(imag(centred)) : square(centred);
    Array total = sum(squares, {.axis = a.axis, .keepdims = a.keepdims});
    Array count = maximum(counted(x.shape(), a.axis, total.dtype()) - a.correction, 0);
    return cast(total / count, {.dtype = real_of(x.dtype())});
  }
  static std::vector<Sample> samples() {
    return {sample<Var>({{{2, 3}}}, {.axis = {-2, -1}}),
            sample<Var>({{{2, 3, 4}}}, {.axis = {-2}, .correction = 1, .keepdims = true}),
            sample<Var>({{{5}}}, {.axis = {-1}, .correction = 0.5})};
  }
};

}  // namespace koine::ops
