#pragma once
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct Reverse : Structural {
  struct Attrs {
    Axes axes = {};
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axes>("axes", "the axes to turn round; all by default")};
  static constexpr auto doc = "The elements along some axes in the opposite order.";
  static constexpr auto shapes = "The result has x's shape; IndexError for an axis that x does not have.";
  static constexpr auto example =
      ">>> kn.reverse(kn.asarray([[1, 2], [3, 4]]), axes=0)\n"
      "array([[3, 4],\n"
      "       [1, 2]])";
  static void normalize(Attrs& a, const TypeInput& in) { a.axes = axes_from_end(a.axes, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs&) { return {in.dtype(0), in.shape(0)}; }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    Shape strides = strides_of(in.shape(0));
    Dim offset = 0;
    for (int64_t axis : a.axes.list()) {
      offset += (in.shape(0)[axis] - 1) * strides[axis];
      strides[axis] = -strides[axis];
    }
    return {{whole_piece(in.shape(0), strides, offset)}};
  }
  static Arrays vjp(const RuleInput&, const Attrs& a, Tangents ct) { return {reverse(ct[0], {.axes = a.axes})}; }
  static std::vector<Sample> samples() {
    return {sample<Reverse>({{{5}}}, {.axes = -1}), sample<Reverse>({{{2, 3, 4}}}, {.axes = {-3, -1}}),
            sample<Reverse>({{{2, 3}}}, {.axes = Ints()}), sample<Reverse>({{{0, 3}}}, {.axes = {-2, -1}})};
  }
};

}  // namespace koine::ops
