#pragma once
#include "base/narrow.h"
#include "ops/family/elementwise.h"
#include "ops/family/structural.h"

#include <koine/ops.h>

namespace koine::ops {

struct BroadcastTo : Structural {
  struct Attrs {
    Shape shape = {};
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::shape>("shape", "the shape of the result")};
  static constexpr auto doc = "Repeats an array along axes of length 1 and along new axes in front.";
  static constexpr auto shapes = "The result has the given shape; ShapeError where x does not broadcast to it.";
  static constexpr auto example =
      ">>> kn.broadcast_to(kn.asarray([1, 2, 3]), (2, 3))\n"
      "array([[1, 2, 3],\n"
      "       [1, 2, 3]])";
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (!ir::equal_value(broadcast(in.shape(0), a.shape), a.shape))
      throw ShapeError("cannot broadcast " + to_string(in.shape(0)) + " to " + to_string(a.shape));
    return {in.dtype(0), a.shape};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    Shape own = strides_of(in.shape(0)), strides;
    int extra = narrow<int>(a.shape.size()) - in.in[0]->rank();
    for (int d = 0; d < narrow<int>(a.shape.size()); ++d)
      strides.push_back(d < extra || same(in.shape(0)[d - extra], 1) ? Dim(0) : own[d - extra]);
    return {{whole_piece(a.shape, strides)}};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {unbroadcast(ct[0], node.in[0].shape())};
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    // Ones between the batch and the operand's own axes, then the batch in front of the new shape.
    Shape wide = node.in[0].shape(), shape = a.shape;
    wide.erase(0);
    while (wide.size() < a.shape.size()) wide.insert(0, 1);
    wide.insert(0, node.size);
    shape.insert(0, node.size);
    return {broadcast_to(reshape(node.in[0], {.shape = wide}), {.shape = shape})};
  }
  static std::vector<Sample> samples() {
    return {sample<BroadcastTo>({{{3}}}, {.shape = {2, 3}}), sample<BroadcastTo>({{{2, 1}}}, {.shape = {4, 2, 3}}),
            sample<BroadcastTo>({{{}}}, {.shape = {2}})};
  }
  static constexpr Onnx onnx{"Expand", 13};
};

}  // namespace koine::ops
