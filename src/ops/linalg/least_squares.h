#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

/// `lstsq` for matrices b alone.
struct LeastSquares : Factorization {
  struct Attrs {
    double rcond = -1;
  };
  static constexpr bool internal = true;
  static constexpr const char* args[] = {"a", "b"};
  static constexpr const char* outputs[] = {"x", "residuals", "rank", "s"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::rcond>("rcond", "singular values up to this times the largest are taken for zero")};
  static constexpr auto doc = "The x of least length that makes the length of a x - b least, for the columns of b.";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    const Shape &a = in.shape(0), &b = in.shape(1);
    check_matrix(a);
    check_matrix(b);
    if (!(with_matrix(a, {}) == with_matrix(b, {})) || !same(a[-2], b[-2]))
      throw ShapeError("matrices of shape " + to_string(a) + " do not fit right sides of shape " + to_string(b));
    DType real = real_of(in.dtype(0));
    return {{in.dtype(0), with_matrix(a, {a[-1], b[-1]})},
            {real, with_matrix(a, {b[-1]})},
            {int64, with_matrix(a, {})},
            {real, with_matrix(a, {min(a[-2], a[-1])})}};
  }
  // x = pinv(a) b, with the derivative of the pseudo-inverse.
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    const Array &matrix = node.in[0], &x = node.out[0], &b = node.in[1];
    Array inverse = a.rcond < 0 ? pinv(matrix) : pinv(matrix, a.rcond);
    Array rest = b - matmul(matrix, x), moved = or_zeros(t[1], b), dx;
    if (!t[0].defined()) {
      dx = matmul(inverse, moved);
    } else {
      Array turned = adjoint(t[0]), back = adjoint(inverse), outside = matmul(turned, matmul(back, x));
      moved = moved - matmul(t[0], x);
      dx = matmul(inverse, moved + matmul(back, matmul(turned, rest))) + outside -
           matmul(inverse, matmul(matrix, outside));
    }
    moved = moved - matmul(matrix, dx);
    Array longer = sum(real(conj(rest) * moved), {.axis = -2}) * 2, ds;
    if (t[0].defined()) {
      auto [u, s, vh] = svd(matrix, {.full_matrices = false});
      ds = real(diagonal_of(matmul(adjoint(u), matmul(t[0], adjoint(vh)))));
    }
    return {dx, longer, Array(), ds};
  }
  static void reference(const KernelInput& k, const Attrs& a) { lstsq_reference(k, a.rcond); }
  static std::vector<Sample> samples() {
    return {sample<LeastSquares>({{.shape = {3, 2}, .values = {3, 1, -1, 2, 0.5, 1}}, {.shape = {3, 2}}}),
            sample<LeastSquares>(
                {{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 4, 2, 0, -1, 3, 1}},
                 {.shape = {2, 2, 1}, .dtype = float64}})};
  }
};

}  // namespace koine::ops
