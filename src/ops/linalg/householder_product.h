#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct HouseholderProduct : Composite {
  static constexpr const char* args[] = {"a", "tau"};
  static constexpr auto doc =
      "The first columns of the product of reflections 1 - tau[i] v v^H, where v has zeros, a one at i, and then what "
      "stands below the diagonal in column i of a.";
  static constexpr auto shapes =
      "(..., m, n) with (..., k), k <= n <= m, gives (..., m, n); ShapeError where they do not fit.";
  static constexpr auto example =
      ">>> kn.linalg.householder_product(kn.asarray([[1.0], [1.0]]), kn.asarray([1.0]))\n"
      "array([[ 0.],\n"
      "       [-1.]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  // As one product 1 - v w v^H (Schreiber and Van Loan, 1989), with w = (1 + tau (strictly upper v^H v))^-1 tau.
  static Array body(Array a, Array tau) {
    check_matrix(a.shape());
    if (tau.rank() == 0) throw ShapeError("needs factors along an axis, got the shape ()");
    Dim m = a.shape()[-2], n = a.shape()[-1], k = tau.shape()[-1];
    if (m.is_concrete() && n.is_concrete() && k.is_concrete() && (k.value() > n.value() || n.value() > m.value()))
      throw ShapeError(to_string(k) + " reflections do not fit the shape " + to_string(a.shape()));
    Array v = leading(a, m, k);
    v = lower_of(v, false) + identity_like(v);
    Array factors = expand_dims(tau, -1), inner = matmul(adjoint(v), v);
    Array w = solve_triangular(identity_like(inner) + factors * upper_of(inner, false), identity_like(inner) * factors,
                               {.unit_diagonal = true});
    return identity_like(a) - matmul(matmul(v, w), adjoint(leading(v, n, k)));
  }
  static std::vector<Sample> samples() {
    return {sample<HouseholderProduct>({{{3, 2}}, {{2}}}), sample<HouseholderProduct>({{{2, 3, 3}}, {{2, 2}}})};
  }
};

}  // namespace koine::ops
