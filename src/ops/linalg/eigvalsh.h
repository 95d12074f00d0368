#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Eigvalsh : Composite {
  static constexpr auto doc = "The eigenvalues, ascending, of the Hermitian parts of matrices.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n); ShapeError for matrices that are not square. Matrices with NaN or infinities give "
      "NaN.";
  static constexpr auto example =
      ">>> kn.linalg.eigvalsh(kn.asarray([[2.0, 0.0], [0.0, 1.0]]))\n"
      "array([1., 2.])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array x) { return eigh(x).eigenvalues; }
  static std::vector<Sample> samples() {
    return {sample<Eigvalsh>({{.shape = {2, 2}, .values = {3, 1, 1, -2}}}),
            sample<Eigvalsh>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 1, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
