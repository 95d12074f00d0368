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
    check_one_dtype(in);
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
  static Array pseudo_inverse(const Array& a, const Attrs& attrs) {
    return attrs.rcond < 0 ? pinv(a) : pinv(a, attrs.rcond);
  }
  // x = p b with p = pinv(a), and so dx = p (db - da x) + p p^H da^H r + (1 - p a) da^H p^H x, where r = b - a x is
  // orthogonal to the columns of a.
  static Arrays jvp(const RuleInput& node, const Attrs& attrs, Tangents t) {
    const Array &a = node.in[0], &x = node.out[0], &b = node.in[1];
    Array p = pseudo_inverse(a, attrs), rest = b - matmul(a, x), moved = or_zeros(t[1], b), dx, ds;
    if (t[0].defined()) {
      Array turned = adjoint(t[0]), back = adjoint(p), outside = matmul(turned, matmul(back, x));
      moved = moved - matmul(t[0], x);
      dx = matmul(p, moved + matmul(back, matmul(turned, rest))) + outside - matmul(p, matmul(a, outside));
      auto [u, s, vh] = svd(a, {.full_matrices = false});
      ds = real(diagonal_of(matmul(matmul(adjoint(u), t[0]), adjoint(vh))));
    } else {
      dx = matmul(p, moved);
    }
    return {dx, sum(real(conj(rest) * moved), {.axis = -2}) * 2, Array(), ds};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& attrs, Tangents ct) {
    const Array &a = node.in[0], &x = node.out[0], &b = node.in[1];
    Array p = pseudo_inverse(a, attrs), rest = b - matmul(a, x), of_a, of_b;
    auto add = [](Array& to, const Array& part) { to = to.defined() ? to + part : part; };
    if (ct[0].defined()) {
      Array back = adjoint(p), turned = adjoint(ct[0]), outside = turned - matmul(matmul(turned, p), a);
      of_b = matmul(back, ct[0]);
      of_a = matmul(matmul(rest, matmul(turned, p)), back) + matmul(matmul(back, x), outside);
    }
    if (ct[1].defined()) add(of_b, rest * expand_dims(ct[1], -2) * 2);
    if (of_b.defined()) add(of_a, -matmul(of_b, adjoint(x)));
    if (ct[3].defined()) {
      auto [u, s, vh] = svd(a, {.full_matrices = false});
      add(of_a, matmul(u * expand_dims(ct[3], -2), vh));
    }
    return {of_a, of_b};
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
