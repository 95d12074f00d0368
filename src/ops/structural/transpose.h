#pragma once
#include "ops/family/structural.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

struct Transpose : Structural {
  struct Attrs {
    Ints axes = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axes>("axes", "axis k of the result is axis axes[k] of x; reversed when empty")};
  static constexpr auto doc = "Reorders the axes.";
  static constexpr auto shapes =
      "Axis k of the result is axis axes[k] of x, by default the opposite order; ShapeError where axes is no order "
      "of x's axes.";
  static constexpr auto example =
      ">>> kn.transpose(kn.asarray([[1, 2, 3], [4, 5, 6]]), [1, 0])\n"
      "array([[1, 4],\n"
      "       [2, 5],\n"
      "       [3, 6]])";
  static void normalize(Attrs& a, const TypeInput& in) {
    auto rank = static_cast<int64_t>(in.in[0]->rank());
    if (a.axes.empty())
      for (int64_t d = 0; d < rank; ++d) a.axes.push_back(-1 - d);
    std::vector<bool> seen(static_cast<size_t>(rank));
    for (int64_t& axis : a.axes) {
      axis = axis_from_end(axis, in.shape(0));
      seen[static_cast<size_t>(axis + rank)] = true;
    }
    if (a.axes.size() != seen.size() || std::find(seen.begin(), seen.end(), false) != seen.end())
      throw ShapeError("axes " + ir::to_string(ir::AttrValue(a.axes)) + " are not an order of the axes of " +
                       to_string(in.shape(0)));
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    Shape shape;
    for (int64_t axis : a.axes) shape.push_back(in.shape(0)[static_cast<int>(axis)]);
    return {in.dtype(0), shape};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    Shape own = strides_of(in.shape(0)), strides;
    for (int64_t axis : a.axes) strides.push_back(own[static_cast<int>(axis)]);
    return {{whole_piece(infer(in, a).shape, strides)}};
  }
  static Arrays vjp(const RuleInput&, const Attrs& a, Tangents ct) {
    return {transpose(ct[0], {.axes = inverse_of(a.axes)})};
  }
  static Attrs batched(Attrs a, const BatchInput&) {
    a.axes.insert(a.axes.begin(), -1 - static_cast<int64_t>(a.axes.size()));
    return a;
  }
  static std::vector<Sample> samples() {
    return {sample<Transpose>({{{2, 3}}}, {.axes = {-1, -2}}), sample<Transpose>({{{2, 3, 4}}}, {.axes = {-2, -1, -3}}),
            sample<Transpose>({{{5}}}, {.axes = {-1}})};
  }
  static constexpr Onnx onnx{"Transpose", 13};
};

}  // namespace koine::ops
