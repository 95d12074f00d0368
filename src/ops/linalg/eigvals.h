#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Eigvals : Composite {
  static constexpr auto doc = "The eigenvalues of square matrices, complex and in no particular order.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n), complex; ShapeError for matrices that are not square. Matrices with NaN or "
      "infinities "
      "give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.eigvals(kn.asarray([[2.0, 1.0], [0.0, 1.0]]))\n"
      "array([2.+0.j, 1.+0.j], dtype=complex64)";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array x) { return eig(x).eigenvalues; }
  static std::vector<Sample> samples() {
    return {sample<Eigvals>({{.shape = {2, 2}, .values = {3, 1, 2, -2}}}),
            sample<Eigvals>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 0.5, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
