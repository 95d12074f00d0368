#pragma once
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct ScratchRoll : Structural {
  struct Attrs {
    int64_t axis = -1;
    bool back = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to move along"),
                                             field<&Attrs::back>("back", "towards its beginning instead")};
  static constexpr auto doc = "Every element one place further along an axis, the last one first.";
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs&) { return {in.dtype(0), in.shape(0)}; }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    const Shape& shape = in.shape(0);
    if (shape[a.axis].is_concrete() && shape[a.axis] < 1) return {};
    const Shape strides = strides_of(shape);
    const Dim last = shape[a.axis] - 1;
    MapPiece all_but_one = whole_piece(shape, strides), one = all_but_one;
    all_but_one.size[a.axis] = last;
    one.size[a.axis] = 1;
    (a.back ? one : all_but_one).start[a.axis] = a.back ? last : Dim(1);
    (a.back ? all_but_one : one).offset = (a.back ? Dim(1) : last) * strides[a.axis];
    return {{all_but_one, one}};
  }
  static Arrays vjp(const RuleInput&, const Attrs& a, Tangents ct) {
    return {scratch_roll(ct[0], {.axis = a.axis, .back = !a.back})};
  }
  static std::vector<Sample> samples() {
    return {sample<ScratchRoll>({{{5}}}), sample<ScratchRoll>({{{2, 3, 4}}}, {.axis = -2, .back = true})};
  }
};

}  // namespace koine::ops
