#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct LuPivotsToPermutation : Factorization {
  struct Attrs {
    int64_t permutation_size = 0;
  };
  static constexpr const char* args[] = {"pivots"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::permutation_size>("permutation_size", "how many rows there are")};
  static constexpr auto doc =
      "The order of rows after each row i was exchanged with row pivots[i], one after the other, as int64.";
  static constexpr auto shapes =
      "(..., k) in int32 gives (..., permutation_size); DTypeError for other pivots, IndexError for a row that there "
      "is "
      "not.";
  static constexpr auto example =
      ">>> kn.linalg.lu_pivots_to_permutation(kn.asarray([2, 2], dtype=kn.int32), 3)\n"
      "array([2, 0, 1])";
  static constexpr auto not_differentiable = "pivots are integers";
  static constexpr bool can_fail = true;
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    if (!is_integer(operands[0].dtype))
      throw DTypeError("the pivots should be integers, got " + to_string(operands[0].dtype));
    operands[0].dtype = int32;
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    Shape shape = in.shape(0);
    if (shape.size() == 0) throw ShapeError("needs pivots along an axis, got the shape ()");
    shape[-1] = a.permutation_size;
    return {int64, shape};
  }
  static void reference(const KernelInput& k, const Attrs&) { pivots_to_permutation_reference(k); }
  static constexpr Exemption exemptions[] = {{Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    return {sample<LuPivotsToPermutation>({{.shape = {2}, .dtype = int32, .values = {2, 1}}}, {.permutation_size = 3}),
            sample<LuPivotsToPermutation>({{.shape = {2, 2}, .dtype = int32, .values = {1, 1, 0, 1}}},
                                          {.permutation_size = 2})};
  }
};

}  // namespace koine::ops
