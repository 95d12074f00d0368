#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Svdvals : Factorization {
  static constexpr auto doc = "The singular values of matrices, descending; one of 0 has the slope 0.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., min(m, n)); ShapeError for an x that is no matrix. Matrices with NaN or infinities give "
      "NaN.";
  static constexpr auto example =
      ">>> kn.linalg.svdvals(kn.asarray([[0.0, 2.0], [3.0, 0.0]]))\n"
      "array([3., 2.])";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    const Shape& shape = in.shape(0);
    check_matrix(shape);
    return {real_of(in.dtype(0)), with_matrix(shape, {min(shape[-2], shape[-1])})};
  }
  static Array slope(const Array& s) { return cast(logical_not(s <= rounding_of(s)), {.dtype = s.dtype()}); }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    auto [u, s, vh] = svd(node.in[0], {.full_matrices = false});
    return {slope(s) * real(diagonal_of(matmul(matmul(adjoint(u), t[0]), adjoint(vh))))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    auto [u, s, vh] = svd(node.in[0], {.full_matrices = false});
    return {matmul(u * expand_dims(ct[0] * slope(s), -2), vh)};
  }
  static void reference(const KernelInput& k, const Attrs&) { svd_reference(k, false); }
  static std::vector<Sample> samples() {
    return {
        sample<Svdvals>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
        sample<Svdvals>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}})};
  }
};

}  // namespace koine::ops
