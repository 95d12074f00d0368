#pragma once
#include "ops/family/slicing.h"

#include <koine/ops.h>

namespace koine::ops {

struct Concatenate : Structural {
  struct Attrs {
    int64_t axis = 0;
  };
  static constexpr const char* args[] = {"xs..."};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis along which arrays are joined")};
  static constexpr auto doc = "Joins arrays along an axis; their other axes are equal. Dtypes are promoted.";
  static constexpr auto shapes =
      "The result's length along the axis is the sum of the operands'; ShapeError where they differ in another axis"
      " or in the number of axes, ValueError for no operands.";
  static constexpr auto example =
      ">>> kn.concatenate([kn.asarray([1, 2]), kn.asarray([3.5])])\n"
      "array([1. , 2. , 3.5])";
  static constexpr Promote promote = Promote::all;
  static void normalize(Attrs& a, const TypeInput& in) {
    if (in.in.empty()) throw ValueError("at least one array is needed");
    canonical_axis(a.axis, in.shape(0));
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    Shape shape = in.shape(0);
    Dim total = 0;
    for (size_t i = 0; i < in.in.size(); ++i) {
      const Shape& part = in.in[i]->shape;
      if (in.in[i]->dtype != in.dtype(0)) throw DTypeError("arrays have different dtypes");
      if (part.size() != shape.size()) throw ShapeError("arrays have different numbers of axes");
      total += part[a.axis];
      shape[a.axis] = part[a.axis];
      if (!(shape == part))
        throw ShapeError("arrays differ in another axis than " + std::to_string(in.in[i]->rank() + a.axis));
    }
    shape[a.axis] = total;
    return {in.dtype(0), shape};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    IndexMap map;
    Dim at = 0;
    for (size_t i = 0; i < in.in.size(); ++i) {
      const Shape& part = in.in[i]->shape;
      MapPiece piece = whole_piece(part, strides_of(part), 0, static_cast<int>(i));
      piece.start[a.axis] = at;
      at += part[a.axis];
      map.pieces.push_back(piece);
    }
    return map;
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    Arrays result;
    Shape at = zeros_for(ct[0].shape());
    for (const Array& part : node.in) {
      result.push_back(slice(ct[0], {.offsets = at, .sizes = part.shape()}));
      at[a.axis] += part.shape()[a.axis];
    }
    return result;
  }
  static std::vector<Sample> samples() {
    return {sample<Concatenate>({{{2, 1}}, {{2, 3}}}, {.axis = -1}),
            sample<Concatenate>({{{2}}, {{0}}, {{3}}}, {.axis = -1}),
            sample<Concatenate>({{{1, 2}}, {{3, 2}}, {{2, 2}}}, {.axis = -2}),
            sample<Concatenate>({{{3}}}, {.axis = -1})};
  }
  static constexpr Onnx onnx{"Concat", 13};
};

}  // namespace koine::ops
