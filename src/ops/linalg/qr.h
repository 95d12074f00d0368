#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Qr : Factorization {
  struct Attrs {
    std::string mode = "reduced";
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::mode>(
      "mode", "reduced: as many columns as x has rows or columns, the fewer; complete: q is square")};
  static constexpr const char* outputs[] = {"q", "r"};
  static constexpr auto doc =
      "Orthonormal columns q and an upper triangle r with a positive diagonal and q r = x. Dependent columns have no "
      "derivative: NaN.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., m, k) and (..., k, n) with k = min(m, n), or k = m with mode 'complete'; ShapeError "
      "for an x that is no matrix, ValueError for another mode.";
  static constexpr auto example =
      ">>> q, r = kn.linalg.qr(kn.asarray([[3.0, 1.0], [4.0, 2.0]]))\n"
      ">>> r\n"
      "array([[5.        , 2.2       ],\n"
      "       [0.        , 0.39999998]])";
  static void normalize(Attrs& a, const TypeInput&) {
    if (a.mode != "reduced" && a.mode != "complete")
      throw ValueError("mode is 'reduced' or 'complete', not '" + a.mode + "'");
  }
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_matrix(in.shape(0));
    const Shape& shape = in.shape(0);
    Dim columns = a.mode == "complete" ? shape[-2] : min(shape[-2], shape[-1]);
    return {{in.dtype(0), with_matrix(shape, {shape[-2], columns})},
            {in.dtype(0), with_matrix(shape, {columns, shape[-1]})}};
  }
  // The first columns determine q; r is then q^H x.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &q = node.out[0], &r = node.out[1], &x = node.in[0], &dx = t[0];
    Dim m = q.shape()[-2], columns = q.shape()[-1], n = x.shape()[-1];
    if (!same(columns, min(columns, n)))
      throw NotDifferentiable("the columns that mode='complete' adds are not determined; use mode='reduced'");
    // dx r^-1, by solving with r^H.
    Array triangle = checked(leading(r, columns, columns));
    Array moved = adjoint(solve_triangular(adjoint(triangle), adjoint(leading(dx, m, columns)), {.lower = true}));
    Array inner = matmul(adjoint(q), moved);
    Array below = lower_of(inner, false);
    Array turn = below - adjoint(below);
    if (is_complex(inner.dtype())) turn = turn + identity_like(inner) * complex(zeros_like(real(inner)), imag(inner));
    Array dq = matmul(q, turn - inner) + moved;
    return {dq, matmul(adjoint(dq), x) + matmul(adjoint(q), dx)};
  }
  // NaN where columns depend on each other: one on the diagonal is then 0 but for rounding.
  static Array checked(const Array& r) {
    if (same(r.shape()[-1], 0)) return r;
    Array diagonal = abs(diagonal_of(r));
    Array dependent = any(diagonal <= rounding_of(diagonal), {.axis = -1, .keepdims = true});
    return where(expand_dims(dependent, -1), nan_like(r), r);
  }
  static void reference(const KernelInput& k, const Attrs& a) { qr_reference(k, a.mode == "complete"); }
  static std::vector<Sample> samples() {
    return {sample<Qr>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Qr>({{.shape = {3, 2}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1}}}),
            sample<Qr>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}})};
  }
};

}  // namespace koine::ops
