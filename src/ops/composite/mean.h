#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

namespace koine::ops {

struct Mean : Composite {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes to average over, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep the averaged axes with length 1")};
  static constexpr auto doc = "The mean over axes; NaN of no elements.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x"
      " does not have.";
  static constexpr auto example =
      ">>> kn.mean(kn.asarray([[1.0, 2.0], [3.0, 6.0]]), axis=0)\n"
      "array([2., 4.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput& in) { a.axis = axes_from_end(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x);
    Array total = sum(wide, {.axis = a.axis, .keepdims = a.keepdims});
    return cast(total / counted(x.shape(), a.axis, wide.dtype()), {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<Mean>({{{2, 3}}}, {.axis = {-2, -1}}), sample<Mean>({{{2, 3, 4}}}, {.axis = {-2}, .keepdims = true}),
            sample<Mean>({{{5}}}, {.axis = {-1}})};
  }
  static constexpr Onnx onnx{"ReduceMean", 13};
};

}  // namespace koine::ops
