#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"
#include "ops/linalg/adjugate.h"

namespace koine::ops {

struct Det : Factorization {
  static constexpr auto doc =
      "The determinants of square matrices, by LU factors; `slogdet` gives those that would overflow.";
  static constexpr auto shapes = "(..., n, n) gives (...); ShapeError for matrices that are not square.";
  static constexpr auto example =
      ">>> kn.linalg.det(kn.asarray([[2.0, 0.0], [0.0, 4.0]]))\n"
      "array(8.0)";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), with_matrix(in.shape(0), {})};
  }
  // Jacobi's formula: d det x = tr(adj(x) dx). The adjugate holds the cofactors, which singular matrices have too.
  static Array cofactors(const Array& x) { return swapaxes(record<Adjugate>({x}), -1, -2); }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    return {sum(cofactors(node.in[0]) * t[0], {.axis = {-2, -1}})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    Array slopes = cofactors(node.in[0]);
    if (is_complex(slopes.dtype())) slopes = conj(slopes);
    return {slopes * expand_dims(expand_dims(ct[0], -1), -1)};
  }
  static void reference(const KernelInput& k, const Attrs&) { det_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Det>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Det>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 1, 2, 2, 4}}})};
  }
};

}  // namespace koine::ops
