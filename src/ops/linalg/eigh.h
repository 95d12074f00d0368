#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Eigh : Factorization {
  static constexpr const char* outputs[] = {"eigenvalues", "eigenvectors"};
  static constexpr auto doc =
      "The eigenvalues, ascending, of the Hermitian parts of matrices, and the eigenvectors as columns, the largest "
      "element of each real and positive. Vectors of eigenvalues that are equal but for rounding have no derivative: "
      "NaN "
      "where they are used. `expm`, `sqrtm`, `logm`, `pinv` and the norms have theirs at such matrices too.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n) and (..., n, n); ShapeError for matrices that are not square. Matrices with NaN or "
      "infinities give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.eigh(kn.asarray([[2.0, 0.0], [0.0, 1.0]])).eigenvalues\n"
      "array([1., 2.])";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {{real_of(in.dtype(0)), with_matrix(in.shape(0), {in.shape(0)[-1]})}, {in.dtype(0), in.shape(0)}};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &values = node.out[0], &vectors = node.out[1];
    Array inner = matmul(adjoint(vectors), matmul(hermitian_part(t[0]), vectors));
    Array change = matmul(vectors, inner * reciprocal_gaps(values));
    if (is_complex(change.dtype())) change = change - vectors * phase_rate(vectors, change);
    return {real(diagonal_of(inner)), change};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    const Array &values = node.out[0], &vectors = node.out[1];
    Array middle;
    if (ct[1].defined()) {
      Array slopes = ct[1];
      if (is_complex(slopes.dtype())) {
        Array turn = imag(sum(conj(slopes) * vectors, {.axis = -2, .keepdims = true}));
        slopes = slopes + phase_weights(vectors, turn);
      }
      const Array columns[] = {slopes};
      middle = matmul(adjoint(vectors), slopes) * reciprocal_gaps(values, used_columns(columns, ct[0]));
    }
    if (ct[0].defined()) {
      Array diagonal = identity_like(vectors) * expand_dims(ct[0], -2);
      middle = middle.defined() ? middle + diagonal : diagonal;
    }
    return {hermitian_part(matmul(matmul(vectors, middle), adjoint(vectors)))};
  }
  static void reference(const KernelInput& k, const Attrs&) { eigh_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Eigh>({{.shape = {2, 2}, .values = {3, 1, 1, -2}}}),
            sample<Eigh>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 1, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
