#pragma once
#include "ops/family/contraction.h"

namespace koine::ops {

struct Matmul : Contraction {
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc =
      "The matrix product over the last two axes; axes before them are batches that broadcast. A vector on the left is "
      "a row, on the right a column, and its axis is gone from the result. float16 and bfloat16 are added in float32; "
      "integers wrap.";
  static constexpr auto shapes =
      "(..., n, k) with (..., k, m) gives (..., n, m); ShapeError where the inner lengths differ, the axes in front"
      " do not broadcast, or an operand has no axis.";
  static constexpr auto example =
      ">>> kn.matmul(kn.asarray([[1, 2], [3, 4]]), kn.asarray([10, 1]))\n"
      "array([12, 34])";
  static TypeValue infer(const TypeInput& in, const Attrs&) { return matmul_infer(in); }
  static Array transpose_1(const RuleInput& node, const Attrs&, const Array& ct, const Array& x2) {
    return matmul_transpose_1(node, ct, x2);
  }
  static Array transpose_2(const RuleInput& node, const Attrs&, const Array& ct, const Array& x1) {
    return matmul_transpose_2(node, ct, x1);
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return matmul_vmap(node); }
  static void reference(const KernelInput& kernel, const Attrs&) { matmul_reference(kernel); }
  static std::vector<Sample> samples() {
    return {sample<Matmul>({{{2, 3}}, {{3, 4}}}),          sample<Matmul>({{{3}}, {{3}}}),
            sample<Matmul>({{{3}}, {{2, 3, 2}}}),          sample<Matmul>({{{2, 2, 3}}, {{3}}}),
            sample<Matmul>({{{2, 1, 2, 3}}, {{4, 3, 2}}}), sample<Matmul>({{{4, 2, 3}}, {{3, 2}}})};
  }
  static constexpr Onnx onnx{"MatMul", 13};
};

}  // namespace koine::ops
