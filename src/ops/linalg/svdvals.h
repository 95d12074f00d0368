#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Svdvals : Composite {
  static constexpr auto doc = "The singular values of matrices, descending; one of 0 has the slope 0.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., min(m, n)); ShapeError for an x that is no matrix. Matrices with NaN or infinities give "
      "NaN.";
  static constexpr auto example =
      ">>> kn.linalg.svdvals(kn.asarray([[0.0, 2.0], [3.0, 0.0]]))\n"
      "array([3., 2.])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array x) { return svd(x, {.full_matrices = false}).s; }
  static std::vector<Sample> samples() {
    return {
        sample<Svdvals>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
        sample<Svdvals>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}})};
  }
};

}  // namespace koine::ops
