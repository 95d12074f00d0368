#pragma once
#include "ops/family/gather.h"

#include <koine/ops.h>

namespace koine::ops {

struct PutAlongAxisAdd : Structural {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr const char* args[] = {"x", "indices", "updates"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis that the indices are positions on")};
  static constexpr auto doc =
      "x with updates added at positions of an axis, each line with its own: indices and updates have x's shape but "
      "along the axis. Negative ones count from the end; one outside raises IndexError. The updates take x's dtype.";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError where the indices have another shape but along the axis or updates "
      "differ from them, DTypeError for indices that are no integers.";
  static constexpr auto example =
      ">>> kn.put_along_axis_add(kn.zeros((2, 3)), kn.asarray([[0], [2]]), kn.asarray([[5.0], [7.0]]))\n"
      "array([[5., 0., 0.],\n"
      "       [0., 0., 7.]])";
  static constexpr bool can_fail = true;
  static constexpr int in_place = 0;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { indexed_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    check_along(in, a.axis);
    if (!(in.shape(2) == in.shape(1)))
      throw ShapeError("the updates have shape " + to_string(in.shape(2)) + ", the indices " + to_string(in.shape(1)));
    if (in.dtype(2) != in.dtype(0)) throw DTypeError("the updates have another dtype");
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    if (!t[2].defined()) return {t[0]};
    return {put_along_axis_add(t[0].defined() ? t[0] : zeros_like(node.in[0]), node.in[1], t[2], {.axis = a.axis})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {ct[0], Array(), take_along_axis(ct[0], node.in[1], {.axis = a.axis})};
  }
  static void reference(const KernelInput& k, const Attrs& a) { put_along_add_reference(k, a.axis); }
  static std::vector<Sample> samples() {
    SampleInput four{.shape = {4}, .dtype = int64, .values = {2, 0, -1, 2}};
    SampleInput two{.shape = {2, 2}, .dtype = int64, .values = {2, 0, 1, 1}};
    return {sample<PutAlongAxisAdd>({{{3}}, four, {{4}}}, {.axis = -1}),
            sample<PutAlongAxisAdd>({{{2, 3}}, two, {{2, 2}}}, {.axis = -1}),
            sample<PutAlongAxisAdd>({{{3, 2}}, two, {{2, 2}}}, {.axis = -2}),
            sample<PutAlongAxisAdd>({{{2, 3}}, {.shape = {2, 0}, .dtype = int64}, {{2, 0}}}, {.axis = -1})};
  }
};

}  // namespace koine::ops
