#pragma once
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct Roll : Structural {
  struct Attrs {
    int64_t shift = 1;
    int64_t axis = -1;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::shift>("shift", "by how many places elements move up"),
                                             field<&Attrs::axis>("axis", "the axis along which they move")};
  static constexpr auto doc = "The elements moved along an axis; what leaves at one end enters at the other.";
  static constexpr auto shapes = "The result has x's shape; IndexError for an axis that x does not have.";
  static constexpr auto example =
      ">>> kn.roll(kn.asarray([1, 2, 3]), 1)\n"
      "array([3, 1, 2])";
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs&) { return {in.dtype(0), in.shape(0)}; }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    const Shape& shape = in.shape(0);
    if (same(count(shape), 0)) return {};
    Shape strides = strides_of(shape);
    Dim moved = mod(a.shift, shape[a.axis]);
    MapPiece upper = whole_piece(shape, strides), lower = upper;
    upper.start[a.axis] = moved;
    upper.size[a.axis] = shape[a.axis] - moved;
    lower.size[a.axis] = moved;
    lower.offset = (shape[a.axis] - moved) * strides[a.axis];
    return {{upper, lower}};
  }
  static Arrays vjp(const RuleInput&, const Attrs& a, Tangents ct) {
    return {roll(ct[0], {.shift = -a.shift, .axis = a.axis})};
  }
  static std::vector<Sample> samples() {
    return {sample<Roll>({{{5}}}, {.shift = 2}), sample<Roll>({{{2, 3, 2}}}, {.shift = -1, .axis = -2})};
  }
};

}  // namespace koine::ops
