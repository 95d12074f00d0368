#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Outer : Composite {
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc = "The products of every element of a vector with every element of another.";
  static constexpr auto shapes = "(n,) with (m,) gives (n, m); ShapeError for operands that are no vectors.";
  static constexpr auto example =
      ">>> kn.linalg.outer(kn.asarray([1, 2]), kn.asarray([10, 20]))\n"
      "array([[10, 20],\n"
      "       [20, 40]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { promote_operands(Promote::all, operands); }
  static Array body(Array x1, Array x2) {
    if (x1.rank() != 1 || x2.rank() != 1)
      throw ShapeError("needs two vectors, got the shapes " + to_string(x1.shape()) + " and " + to_string(x2.shape()));
    return expand_dims(x1, -1) * x2;
  }
  static std::vector<Sample> samples() { return {sample<Outer>({{{2}}, {{3}}}), sample<Outer>({{{4}}, {{1}}})}; }
};

}  // namespace koine::ops
