#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Cholesky : Factorization {
  struct Attrs {
    bool upper = false;
    bool check_errors = true;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::upper>("upper", "the upper factor L^H instead"),
      field<&Attrs::check_errors>(
          "check_errors",
          "a ValueError for a single matrix that is not positive definite; else, and in a batch, its result is NaN")};
  static constexpr auto doc =
      "The lower triangular L with L L^H = x, of positive definite matrices; of others their Hermitian part is taken.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square, ValueError for a single one that is "
      "not positive definite; in a batch such matrices give NaN.";
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
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    Array factor = a.upper ? adjoint(node.out[0]) : node.out[0];
    Array half = solve_triangular(factor, hermitian_part(t[0]), {.lower = true});
    Array inner = adjoint(solve_triangular(factor, adjoint(half), {.lower = true}));
    Array rate = matmul(factor, lower_of(inner, true) - identity_like(inner) * inner * 0.5);
    return {a.upper ? adjoint(rate) : rate};
  }
  static void reference(const KernelInput& k, const Attrs& a) { cholesky_reference(k, a.upper, a.check_errors); }
  static std::vector<Sample> samples() {
    // The tests move values from place to place, and larger matrices do not stay definite.
    return {sample<Cholesky>({{.shape = {1, 1}, .values = {3}}}),
            sample<Cholesky>({{.shape = {3, 1, 1}, .dtype = float64, .values = {3, 1, 2}}}, {.upper = true})};
  }
};

}  // namespace koine::ops
