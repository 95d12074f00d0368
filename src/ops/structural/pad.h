#pragma once
#include "base/number.h"
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct Pad : Structural {
  struct Attrs {
    Ints before = {};
    Ints after = {};
    Number value = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::before>("before", "how many elements are put before each axis; none when left out"),
      field<&Attrs::after>("after", "how many elements are put after each axis; none when left out"),
      field<&Attrs::value>("value", "what the new elements are")};
  static constexpr auto doc = "An array with elements of one value put around it.";
  static constexpr auto shapes =
      "Every axis is longer by what is put before and after; ShapeError unless both name a number for each axis, "
      "ValueError for a negative one.";
  static constexpr auto example =
      ">>> kn.pad(kn.asarray([1, 2]), before=[1], after=[2])\n"
      "array([0, 1, 2, 0, 0])";
  static void normalize(Attrs& a, const TypeInput& in) {
    if (a.before.empty()) a.before.assign(in.shape(0).size(), 0);
    if (a.after.empty()) a.after.assign(in.shape(0).size(), 0);
    if (is_inexact(in.dtype(0))) a.value = storable(a.value);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    Shape shape = in.shape(0);
    if (a.before.size() != shape.size() || a.after.size() != shape.size())
      throw ShapeError("before and after must say a number for each axis of " + to_string(shape));
    if (a.value.kind() > kind_of(in.dtype(0)))
      throw DTypeError("the value cannot be written in " + to_string(in.dtype(0)) + "; cast x first");
    check_fits(a.value, in.dtype(0));
    for (size_t d = 0; d < shape.size(); ++d) {
      if (a.before[d] < 0 || a.after[d] < 0) throw ValueError("cannot put a negative number of elements");
      shape[static_cast<int>(d)] += Dim(a.before[d]) + Dim(a.after[d]);
    }
    return {in.dtype(0), shape};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    return {{MapPiece{0, Shape(a.before), in.shape(0), 0, strides_of(in.shape(0))}}, a.value};
  }
  static Arrays jvp(const RuleInput&, const Attrs& a, Tangents t) {
    return {pad(t[0], {.before = a.before, .after = a.after})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {slice(ct[0], {.offsets = Shape(a.before), .sizes = node.in[0].shape()})};
  }
  static Attrs batched(Attrs a, const BatchInput&) {
    a.before.insert(a.before.begin(), 0);
    a.after.insert(a.after.begin(), 0);
    return a;
  }
  static std::vector<Sample> samples() {
    return {sample<Pad>({{{3}}}, {.before = {2}, .after = {1}, .value = 1.5}),
            sample<Pad>({{{2, 3}}}, {.before = {1, 0}, .after = {0, 2}}),
            sample<Pad>({{{0, 2}}}, {.before = {2, 0}, .after = {1, 1}, .value = 3}), sample<Pad>({{{}}})};
  }
  static constexpr Onnx onnx{"Pad", 13};
};

}  // namespace koine::ops
