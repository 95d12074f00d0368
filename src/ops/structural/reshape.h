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
  static constexpr auto shapes =
      "The result has the given shape, of which one length may be -1; ShapeError where the number of elements "
      "differs.";
  static constexpr auto example =
      ">>> kn.reshape(kn.arange(6), (2, -1))\n"
      "array([[0, 1, 2],\n"
      "       [3, 4, 5]])";
  static void normalize(Attrs& a, const TypeInput& in) {
    Dim total = count(in.shape(0)), known = 1;
    Dim* open = nullptr;
    for (Dim& n : a.shape) {
      if (!same(n, -1))
        known = known * n;
      else if (open)
        return;
      else
        open = &n;
    }
    // What cannot be filled in stays -1, and is refused as that.
    if (open && !same(known, 0) && same(mod(total, known), 0)) *open = floor_div(total, known);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    auto refuse = [&](const char* why) {
      throw ShapeError("cannot reshape " + to_string(in.shape(0)) + " to " + to_string(a.shape) + ": " + why);
    };
    for (Dim n : a.shape)
      if (n < 0) refuse("no length is negative, but one may be -1 and takes what is left");
    if (!(count(in.shape(0)) == count(a.shape))) refuse("another number of elements");
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
