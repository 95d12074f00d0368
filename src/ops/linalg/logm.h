#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Logm : Factorization {
  static constexpr auto doc =
      "The principal logarithms of square matrices, by inverse scaling and squaring; NaN for singular matrices, and "
      "for "
      "real ones whose logarithm is not real: give those as complex numbers.";
  static constexpr auto shapes = "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square.";
  static constexpr auto example =
      ">>> kn.linalg.logm(kn.asarray([[1.0, 1.0], [0.0, 1.0]]))\n"
      "array([[0., 1.],\n"
      "       [0., 0.]])";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), in.shape(0)};
  }
  // The function of [[x, dx], [0, x]] has the derivative in its upper right (Mathias, 1996): no eigenvalues are told
  // apart, and so it holds for all orders and all matrices.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    return {derivative_by_blocks(node.in[0], t[0], [](const Array& x) { return logm(x); })};
  }
  // The adjoint of the derivative at x is the derivative at the adjoint of x.
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {derivative_by_blocks(adjoint(node.in[0]), ct[0], [](const Array& x) { return logm(x); })};
  }
  static void reference(const KernelInput& k, const Attrs&) { logm_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Logm>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Logm>({{.shape = {2, 2, 2}, .dtype = float64, .values = {2, 1, 0.5, 3, 1, 2, 0, 1}}})};
  }
};

}  // namespace koine::ops
