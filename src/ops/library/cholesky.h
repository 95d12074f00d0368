#pragma once
#include "ops/family/factorization.h"

namespace koine::ops {

struct Cholesky : Factorization {
  static constexpr auto doc =
      "The lower triangular L with L L^H = x, of positive definite matrices; of others their Hermitian part is taken, "
      "and a "
      "ValueError says which one is not positive definite.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square, ValueError for one that is not "
      "positive definite.";
  static constexpr auto example =
      ">>> kn.linalg.cholesky(kn.asarray([[4.0, 2.0], [2.0, 5.0]]))\n"
      "array([[2., 0.],\n"
      "       [1., 2.]])";
  static constexpr bool can_fail = true;
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), in.shape(0)};
  }
  // dL = L P(L^-1 dx L^-H), where P keeps the lower triangle and half of the diagonal.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array& factor = node.out[0];
    Array half = solve(factor, hermitian_part(t[0]));
    Array inner = adjoint(solve(factor, adjoint(half)));
    return {matmul(factor, lower_of(inner, true) - identity_like(inner) * inner * 0.5)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) { return transposed_jvp(node, ct); }
  static void reference(const KernelInput& k, const Attrs&) { cholesky_reference(k); }
  static std::vector<Sample> samples() {
    // The tests move values from place to place, and larger matrices do not stay definite.
    return {sample<Cholesky>({{.shape = {1, 1}, .values = {3}}}),
            sample<Cholesky>({{.shape = {3, 1, 1}, .dtype = float64, .values = {3, 1, 2}}})};
  }
};

}  // namespace koine::ops
