#pragma once
#include "ops/family/factorization.h"

namespace koine::ops {

struct Eigh : Factorization {
  static constexpr const char* outputs[] = {"eigenvalues", "eigenvectors"};
  static constexpr auto doc =
      "The eigenvalues, ascending, of the Hermitian parts of matrices, and the eigenvectors as columns, the largest "
      "element of "
      "each real and positive. The derivative of the vectors is that for different eigenvalues.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n) and (..., n, n); ShapeError for matrices that are not square.";
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
    Array gaps = expand_dims(values, -2) - expand_dims(values, -1);
    Array change = matmul(vectors, inner * safe_reciprocal(gaps));
    if (is_complex(change.dtype())) change = change - vectors * phase_rate(vectors, change);
    return {real(diagonal_of(inner)), change};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) { return transposed_jvp(node, ct); }
  static void reference(const KernelInput& k, const Attrs&) { eigh_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Eigh>({{.shape = {2, 2}, .values = {3, 1, 1, -2}}}),
            sample<Eigh>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 1, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
