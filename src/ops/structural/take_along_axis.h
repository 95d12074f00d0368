#pragma once
#include "ops/family/gather.h"

#include <koine/ops.h>

namespace koine::ops {

struct TakeAlongAxis : Structural {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr const char* args[] = {"x", "indices"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis that the indices are positions on")};
  static constexpr auto doc =
      "Positions of an axis, each line with its own: the indices have x's shape but along the axis. Negative ones "
      "count from the end; one outside raises IndexError.";
  static constexpr auto shapes =
      "The result has the indices' shape; ShapeError where it differs from x's but along the axis, DTypeError for "
      "indices that are no integers.";
  static constexpr auto example =
      ">>> kn.take_along_axis(kn.asarray([[5, 6], [7, 8]]), kn.asarray([[1], [0]]), axis=1)\n"
      "array([[6],\n"
      "       [7]])";
  static constexpr bool can_fail = true;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { indexed_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    check_along(in, a.axis);
    return {in.dtype(0), in.shape(1)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    return {take_along_axis(t[0], node.in[1], {.axis = a.axis})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {put_along_axis_add(zeros_like(node.in[0]), node.in[1], ct[0], {.axis = a.axis}), Array()};
  }
  static void reference(const KernelInput& k, const Attrs& a) { take_along_reference(k, a.axis); }
  static std::vector<Sample> samples() {
    return {sample<TakeAlongAxis>({{{3}}, {.shape = {4}, .dtype = int64, .values = {2, 0, -1, 2}}}, {.axis = -1}),
            sample<TakeAlongAxis>({{{2, 3}}, {.shape = {2, 2}, .dtype = int64, .values = {2, 0, 1, 1}}}, {.axis = -1}),
            sample<TakeAlongAxis>({{{3, 2}}, {.shape = {1, 2}, .dtype = int32, .values = {2, -3}}}, {.axis = -2}),
            sample<TakeAlongAxis>({{{2, 3}}, {.shape = {2, 0}, .dtype = int64}}, {.axis = -1})};
  }
  static constexpr Onnx onnx{"GatherElements", 13};
};

}  // namespace koine::ops
