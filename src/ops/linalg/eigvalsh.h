#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Eigvalsh : Factorization {
  static constexpr auto doc = "The eigenvalues, ascending, of the Hermitian parts of matrices.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n); ShapeError for matrices that are not square. Matrices with NaN or infinities give "
      "NaN.";
  static constexpr auto example =
      ">>> kn.linalg.eigvalsh(kn.asarray([[2.0, 0.0], [0.0, 1.0]]))\n"
      "array([1., 2.])";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {real_of(in.dtype(0)), with_matrix(in.shape(0), {in.shape(0)[-1]})};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    Array vectors = eigh(node.in[0]).eigenvectors;
    return {real(diagonal_of(matmul(adjoint(vectors), matmul(hermitian_part(t[0]), vectors))))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    Array vectors = eigh(node.in[0]).eigenvectors;
    return {hermitian_part(matmul(vectors * expand_dims(ct[0], -2), adjoint(vectors)))};
  }
  static void reference(const KernelInput& k, const Attrs&) { eigh_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Eigvalsh>({{.shape = {2, 2}, .values = {3, 1, 1, -2}}}),
            sample<Eigvalsh>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 1, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
