#pragma once
#include "base/narrow.h"
#include "ops/family/slicing.h"

#include <koine/ops.h>

namespace koine::ops {

struct UpdateSlice : Structural {
  struct Attrs {
    Shape starts = {};
    Ints steps = {};
  };
  static constexpr const char* args[] = {"x", "update"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::starts>("starts", "where the update's first element goes, per axis; negative counts from the end"),
      field<&Attrs::steps>("steps", "distance between the places of the update's elements, per axis; 1 when left out")};
  static constexpr auto doc = "x with the elements of update at evenly spaced positions of every axis, in x's dtype.";
  static constexpr auto shapes = "The result has x's shape; ShapeError where the update does not fit inside.";
  static constexpr auto example =
      ">>> kn.update_slice(kn.zeros(5), kn.asarray([1.0, 2.0]), starts=[1], steps=[2])\n"
      "array([0., 1., 0., 2., 0.])";
  static constexpr int in_place = 0;
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    promote_operands(Promote::none, operands);
    take_dtype(operands[1], operands[0]);
  }
  static void normalize(Attrs& a, const TypeInput& in) {
    const Shape& shape = in.shape(0);
    if (a.starts.empty()) a.starts = zeros_for(shape);
    if (a.steps.empty()) a.steps.assign(shape.size(), 1);
    if (a.starts.size() != shape.size()) return;
    for (int d = 0; d < narrow<int>(shape.size()); ++d)
      if (a.starts[d].is_concrete() && a.starts[d] < 0) a.starts[d] += shape[d];
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (in.dtype(0) != in.dtype(1)) throw DTypeError("the update has another dtype");
    check_box(in.shape(0), a.starts, in.shape(1), a.steps);
    return {in.dtype(0), in.shape(0)};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    // The box in the result goes forwards; where the update goes backwards it is read from its end.
    Shape own = strides_of(in.shape(1));
    MapPiece piece{1, a.starts, in.shape(1), 0, own, a.steps};
    for (int d = 0; d < narrow<int>(own.size()); ++d) {
      int64_t& step = piece.steps[static_cast<size_t>(d)];
      if (step > 0) continue;
      Dim last = piece.size[d] - 1;
      piece.start[d] += last * step;
      piece.offset += last * own[d];
      piece.strides[d] = -own[d];
      step = -step;
    }
    return {{whole_piece(in.shape(0), strides_of(in.shape(0))), piece}};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    const Shape& size = node.in[1].shape();
    return {update_slice(ct[0], zeros_like(node.in[1]), {.starts = a.starts, .steps = a.steps}),
            slice(ct[0], {.steps = a.steps, .offsets = a.starts, .sizes = size})};
  }
  static Attrs batched(Attrs a, const BatchInput&) {
    a.starts.insert(0, 0);
    a.steps.insert(a.steps.begin(), 1);
    return a;
  }
  static std::vector<Sample> samples() {
    return {sample<UpdateSlice>({{{7}}, {{3}}}, {.starts = {2}, .steps = {1}}),
            sample<UpdateSlice>({{{7}}, {{3}}}, {.starts = {6}, .steps = {-2}}),
            sample<UpdateSlice>({{{4, 5}}, {{2, 2}}}, {.starts = {1, 4}, .steps = {2, -3}}),
            sample<UpdateSlice>({{{2, 3}}, {{2, 0}}}, {.starts = {0, 1}, .steps = {1, 1}}),
            sample<UpdateSlice>({{{}}, {{}}})};
  }
};

}  // namespace koine::ops
