#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/family/spectrum.h"

namespace koine::ops {

struct Pinv : Composite {
  static constexpr const char* args[] = {"x", "rtol?"};
  static constexpr auto doc =
      "The pseudo-inverses of matrices: singular values up to rtol times the largest, by default max(m, n) times "
      "epsilon, "
      "are taken for zero. The derivative is that among matrices of the same rank (Golub and Pereyra, 1973).";
  static constexpr auto shapes =
      "(..., m, n), and an rtol of shape () or (...), give (..., n, m); ShapeError for an x that is no matrix.";
  static constexpr auto example =
      ">>> kn.linalg.pinv(kn.asarray([[2.0, 0.0], [0.0, 0.0]]))\n"
      "array([[0.5, 0. ],\n"
      "       [0. , 0. ]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { spectrum_dtypes(operands); }
  static Array body(Array x, Array rtol) {
    auto [u, s, vh] = svd(x, {.full_matrices = false});
    Array kept = logical_not(s <= spectrum_cutoff(x, s, rtol));
    Array inverse = where(kept, 1 / where(kept, s, 1), 0);
    return matmul(adjoint(vh) * expand_dims(inverse, -2), adjoint(u));
  }
  // dp = -p dx p + p p^H dx^H (1 - x p) + (1 - p x) dx^H p^H p
  static Array jvp(const RuleInput& node, const NoAttrs&, Tangents t) {
    if (!t[0].defined()) return Array();
    const Array &x = node.in[0], &p = node.out[0];
    Array back = adjoint(p), turned = adjoint(t[0]);
    Array right = matmul(matmul(p, back), turned), left = matmul(turned, matmul(back, p));
    return right - matmul(matmul(right, x), p) + left - matmul(p, matmul(x, left)) - matmul(matmul(p, t[0]), p);
  }
  static Arrays vjp(const RuleInput& node, const NoAttrs&, Tangents ct) {
    const Array &x = node.in[0], &p = node.out[0];
    Array back = adjoint(p), turned = adjoint(ct[0]);
    Array right = matmul(turned, matmul(p, back)), left = matmul(matmul(back, p), turned);
    Arrays result(node.in.size());
    result[0] =
        right - matmul(x, matmul(p, right)) + left - matmul(matmul(left, p), x) - matmul(matmul(back, ct[0]), back);
    return result;
  }
  static std::vector<Sample> samples() {
    return {sample<Pinv>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Pinv>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}},
                          {.shape = {}, .dtype = float64, .values = {0.01}}})};
  }
};

}  // namespace koine::ops
