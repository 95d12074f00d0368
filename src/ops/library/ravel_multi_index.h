#pragma once
#include "ops/family/elementwise.h"
#include "ops/family/explicit.h"
#include "ops/family/gather.h"

namespace koine::ops {

struct RavelMultiIndex : Library {
  struct Attrs {
    Shape shape = {};
    std::string mode = "raise";
  };
  static constexpr const char* args[] = {"indices..."};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::shape>("shape", "the shape that the positions are in"),
      field<&Attrs::mode>("mode", "what an index outside its axis does: raise an IndexError, clip or wrap")};
  static constexpr auto doc =
      "Row-major numbers of the positions that one integer an axis names; the indices broadcast, and negative ones "
      "count from the end.";
  static constexpr auto shapes =
      "The result has the indices' common shape, in int64; ShapeError unless every axis has an index, IndexError "
      "for a position outside with mode 'raise', DTypeError for indices that are no integers.";
  static constexpr auto example =
      ">>> kn.ravel_multi_index([kn.asarray([0, 1]), kn.asarray([2, -1])], shape=(2, 3))\n"
      "array([2, 5])";
  static constexpr bool can_fail = true;
  static constexpr auto not_differentiable = "its result counts positions";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    promote_operands(Promote::none, operands);
    for (const ir::OperandDType& operand : operands)
      if (!is_integer(operand.dtype)) throw DTypeError("indices must be integers, not " + to_string(operand.dtype));
  }
  static void normalize(Attrs& a, const TypeInput&) {
    if (a.mode == "fill") throw ValueError("the modes are raise, clip and wrap");
    check_mode(a.mode, false);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (in.in.empty() || in.in.size() != a.shape.size())
      throw ShapeError("shape " + to_string(a.shape) + " needs an index for each of its axes");
    Shape shape = in.shape(0);
    for (ir::TypeRef type : in.in) shape = broadcast(shape, type->shape);
    for (Dim n : a.shape) check_axis_length(n, shape, a.mode);
    return {int64, shape};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t> out_batched) {
    return elementwise_vmap(node, out_batched);
  }
  static void reference(const KernelInput& k, const Attrs& a) { ravel_reference(k, a.shape, a.mode); }
  static std::vector<Sample> samples() {
    SampleInput rows{.shape = {3, 1}, .dtype = int64, .values = {0, 2, -1}};
    SampleInput columns{.shape = {2}, .dtype = int32, .values = {3, -2}};
    SampleInput outside{.shape = {2}, .dtype = int64, .values = {9, -9}};
    return {sample<RavelMultiIndex>({rows, columns}, {.shape = {3, 4}}),
            sample<RavelMultiIndex>({outside, columns}, {.shape = {3, 4}, .mode = "clip"}),
            sample<RavelMultiIndex>({columns, outside}, {.shape = {4, 5}, .mode = "wrap"})};
  }
};

}  // namespace koine::ops
