#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Where : Elementwise<3> {
  static constexpr auto doc =
      "x1 where the condition holds, else x2, elementwise; a condition that is not bool is compared with zero, NaN "
      "holds; no derivative passes through the side that is not chosen.";
  static constexpr auto example =
      ">>> kn.where(kn.asarray([True, False]), kn.asarray([1, 2]), 0)\n"
      "array([1, 0])";
  static constexpr const char* args[] = {"condition", "x1", "x2"};
  static constexpr Accept accept = Accept::any;
  static auto body(auto condition, auto x1, auto x2) { return select(condition, x1, x2); }
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    operands[0].dtype = bool_;
    promote_operands(Promote::all, operands.subspan(1));
  }
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    if (in.dtype(0) != bool_ || in.dtype(1) != in.dtype(2)) throw DTypeError("operands have different dtypes");
    return {in.dtype(1), broadcast(in.shape(0), broadcast(in.shape(1), in.shape(2)))};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    auto side = [&](int i) { return t[i].defined() ? t[i] : zeros_like(node.in[i]); };
    return {where(node.in[0], side(1), side(2))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {Array(), unbroadcast(where(node.in[0], ct[0], 0), node.in[1].shape()),
            unbroadcast(where(node.in[0], 0, ct[0]), node.in[2].shape())};
  }
  static std::vector<Sample> samples() {
    SampleInput full{.shape = {2, 3}, .dtype = bool_, .values = {1, 0, 0, 1, 1, 0}};
    SampleInput row{.shape = {3}, .dtype = bool_, .values = {0, 1, 0}};
    return {sample<Where>({full, {.shape = {2, 3}}, {.shape = {2, 3}}}),
            sample<Where>({row, {.shape = {2, 3}}, {.shape = {2, 3}}}),
            sample<Where>({full, {.shape = {2, 1}}, {.shape = {3}}}),
            sample<Where>({full, {.shape = {}}, {.shape = {2, 3}}})};
  }
  static constexpr Onnx onnx{"Where", 9};
};

}  // namespace koine::ops
