#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Eig : Factorization {
  static constexpr const char* outputs[] = {"eigenvalues", "eigenvectors"};
  static constexpr auto doc =
      "The eigenvalues of square matrices, in no particular order, and eigenvectors of length 1 as columns, the "
      "largest "
      "element of each real and positive; all complex. Vectors of eigenvalues that are equal but for rounding have no "
      "derivative: NaN where they are used.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n) and (..., n, n), complex; ShapeError for matrices that are not square. Matrices with "
      "NaN or infinities give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.eig(kn.asarray([[2.0, 1.0], [0.0, 1.0]])).eigenvalues\n"
      "array([2.+0.j, 1.+0.j], dtype=complex64)";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    const Shape& shape = in.shape(0);
    check_square(shape);
    return {{complex_of(in.dtype(0)), with_matrix(shape, {shape[-1]})}, {complex_of(in.dtype(0)), shape}};
  }
  // The lengths stay 1, and the largest elements real.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &values = node.out[0], &vectors = node.out[1];
    Array inner = solve(vectors, matmul(t[0], vectors), {.check_errors = false});
    Array change = matmul(vectors, inner * reciprocal_gaps(values));
    Array longer = real(sum(conj(vectors) * change, {.axis = -2, .keepdims = true}));
    change = change - vectors * longer;
    return {diagonal_of(inner), change - vectors * phase_rate(vectors, change)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    const Array &values = node.out[0], &vectors = node.out[1];
    Array middle;
    if (ct[1].defined()) {
      Array turn = imag(sum(conj(ct[1]) * vectors, {.axis = -2, .keepdims = true}));
      Array slopes = ct[1] + phase_weights(vectors, turn);
      slopes = slopes - vectors * real(sum(conj(vectors) * slopes, {.axis = -2, .keepdims = true}));
      const Array columns[] = {slopes};
      middle = matmul(adjoint(vectors), slopes) * conj(reciprocal_gaps(values, used_columns(columns, ct[0])));
    }
    if (ct[0].defined()) {
      Array diagonal = identity_like(vectors) * expand_dims(ct[0], -2);
      middle = middle.defined() ? middle + diagonal : diagonal;
    }
    Array slope = solve(adjoint(vectors), matmul(middle, adjoint(vectors)), {.check_errors = false});
    return {is_complex(node.in[0].dtype()) ? slope : real(slope)};
  }
  static void reference(const KernelInput& k, const Attrs&) { eig_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Eig>({{.shape = {2, 2}, .values = {3, 1, 2, -2}}}),
            sample<Eig>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, 0.5, -2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
