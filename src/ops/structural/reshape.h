#pragma once
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct Reshape : Structural {
  struct Attrs {
    Shape shape = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::shape>("shape", "the new shape; one axis may be -1 and takes what is left")};
  static constexpr int in_place = 0;
  static constexpr auto doc = "The same elements in row-major order under another shape.";
  static void normalize(Attrs& a, const TypeInput& in) {
    Dim known = 1;
    int open = -1;
    for (int d = 0; d < static_cast<int>(a.shape.size()); ++d) {
      if (!same(a.shape[d], -1))
        known = known * a.shape[d];
      else if (open >= 0)
        throw ShapeError("only one axis of the new shape may be -1, got " + to_string(a.shape));
      else
        open = d;
    }
    if (open < 0) return;
    Dim total = count(in.shape(0));
    if (same(known, 0) || !same(mod(total, known), 0))
      throw ShapeError("cannot reshape " + to_string(in.shape(0)) + " to " + to_string(a.shape));
    a.shape[open] = floor_div(total, known);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    for (Dim n : a.shape)
      if (n < 0) throw ShapeError("a length cannot be negative: " + to_string(a.shape));
    if (!(count(in.shape(0)) == count(a.shape)))
      throw ShapeError("cannot reshape " + to_string(in.shape(0)) + " to " + to_string(a.shape) +
                       ": another number of elements");
    return {in.dtype(0), a.shape};
  }
  static IndexMap map(const TypeInput&, const Attrs& a) { return {{whole_piece(a.shape, strides_of(a.shape))}}; }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {reshape(ct[0], {.shape = node.in[0].shape()})};
  }
  static Attrs batched(Attrs a, const BatchInput& node) {
    a.shape.insert(0, node.size);
    return a;
  }
  static std::vector<Sample> samples() {
    return {sample<Reshape>({{{2, 6}}}, {.shape = {3, 4}}), sample<Reshape>({{{4}}}, {.shape = {2, 1, 2}}),
            sample<Reshape>({{{1, 1}}}, {.shape = {}}), sample<Reshape>({{{2, 3}}}, {.shape = {3, 2}}),
            sample<Reshape>({{{2, 3, 5}}}, {.shape = {2, -1}})};
  }
  static constexpr Onnx onnx{"Reshape", 14};
};

}  // namespace koine::ops
