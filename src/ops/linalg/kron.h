#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Kron : Composite {
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc = "The Kronecker product: blocks that are x2 times each element of x1.";
  static constexpr auto shapes =
      "The axes of both, of those with fewer axes ones in front, multiply: (m, n) with (p, q) gives (m p, n q).";
  static constexpr auto example =
      ">>> kn.linalg.kron(kn.asarray([1, 10]), kn.asarray([1, 2]))\n"
      "array([ 1,  2, 10, 20])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { promote_operands(Promote::all, operands); }
  static Array body(Array x1, Array x2) {
    while (x1.rank() < x2.rank()) x1 = expand_dims(x1, 0);
    while (x2.rank() < x1.rank()) x2 = expand_dims(x2, 0);
    Shape first, second, joined;
    for (int64_t d = 0; d < x1.rank(); ++d) {
      Dim m = x1.shape()[d], n = x2.shape()[d];
      first.push_back(m), first.push_back(1);
      second.push_back(1), second.push_back(n);
      joined.push_back(m * n);
    }
    return reshape(reshape(x1, {.shape = first}) * reshape(x2, {.shape = second}), {.shape = joined});
  }
  static std::vector<Sample> samples() { return {sample<Kron>({{{2}}, {{3}}}), sample<Kron>({{{2, 3}}, {{2}}})}; }
};

}  // namespace koine::ops
