#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Svd : Factorization {
  struct Attrs {
    bool full_matrices = true;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::full_matrices>(
      "full_matrices", "u and vh are square; else they have as many vectors as there are s")};
  static constexpr const char* outputs[] = {"u", "s", "vh"};
  static constexpr auto doc =
      "The singular values s of matrices, descending, and orthonormal vectors with x = u diag(s) vh, the largest "
      "element of each column of u real and positive. Vectors of singular values that are 0 or equal, but for "
      "rounding, "
      "have no derivative: NaN where they are used; a singular value of 0 has the slope 0. `pinv` and the norms have "
      "their derivatives at such matrices too. Square u and vh have derivatives for square matrices.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., m, k), (..., k) and (..., k, n) with k = min(m, n), or square u and vh with "
      "full_matrices; ShapeError for an x that is no matrix. Matrices with NaN or infinities give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.svd(kn.asarray([[3.0, 0.0], [0.0, 2.0]])).S\n"
      "array([3., 2.])";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_matrix(in.shape(0));
    const Shape& shape = in.shape(0);
    Dim m = shape[-2], n = shape[-1], rank = min(m, n);
    return {{in.dtype(0), with_matrix(shape, {m, a.full_matrices ? m : rank})},
            {real_of(in.dtype(0)), with_matrix(shape, {rank})},
            {in.dtype(0), with_matrix(shape, {a.full_matrices ? n : rank, n})}};
  }

  // With b = u^H dx v, h its Hermitian part and k the rest: ds is the diagonal of h, and u turns by f h + p k, v by
  // f h - p k, elementwise, where f = 1 / (s[j] - s[i]) and p = 1 / (s[i] + s[j]).
  struct Rates {
    Array gaps, sums, inverse, slope;
  };
  static Rates rates(const Array& s, bool is_complex, const Array& used = Array()) {
    Array zero = s <= rounding_of(s), sums = expand_dims(s, -1) + expand_dims(s, -2);
    Array both = logical_and(expand_dims(zero, -1), expand_dims(zero, -2)), unknown = both, lost = zero;
    if (used.defined()) {
      unknown = logical_and(both, logical_or(expand_dims(used, -1), expand_dims(used, -2)));
      lost = logical_and(zero, used);
    }
    auto inverse = [&](const Array& x, const Array& none, const Array& nan) {
      return where(nan, nan_like(s), where(none, 0, 1 / where(none, 1, x)));
    };
    // A real matrix has nothing on the diagonal of k.
    if (!is_complex) unknown = logical_and(unknown, identity_like(sums) == 0);
    return {reciprocal_gaps(s, used), inverse(sums, both, unknown), inverse(s, zero, lost),
            cast(logical_not(zero), {.dtype = s.dtype()})};
  }
  static void check_determined(const RuleInput& node, const Attrs& a) {
    const Shape& shape = node.in[0].shape();
    if (a.full_matrices && !same(shape[-2], shape[-1]))
      throw NotDifferentiable("the vectors that full_matrices adds are not determined; use full_matrices=false");
  }

  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    check_determined(node, a);
    const Array &u = node.out[0], &s = node.out[1], &vh = node.out[2], v = adjoint(vh), &dx = t[0];
    Rates rate = rates(s, is_complex(dx.dtype()));
    Array inner = matmul(adjoint(u), matmul(dx, v));
    Array common = rate.gaps * hermitian_part(inner), apart = rate.sums * skew_part(inner);
    Array du = matmul(u, common + apart), dv = matmul(v, common - apart), inverse = expand_dims(rate.inverse, -2);
    if (!same(u.shape()[-2], u.shape()[-1])) du = du + (matmul(dx, v) - matmul(u, inner)) * inverse;
    if (!same(vh.shape()[-2], vh.shape()[-1])) dv = dv + (matmul(adjoint(dx), u) - matmul(v, adjoint(inner))) * inverse;
    if (is_complex(dx.dtype())) {
      Array turn = phase_rate(u, du);
      du = du - u * turn;
      dv = dv - v * turn;
    }
    return {du, rate.slope * real(diagonal_of(inner)), adjoint(dv)};
  }

  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    const Shape& shape = node.in[0].shape();
    Dim m = shape[-2], n = shape[-1], few = min(m, n);
    Array u = leading(node.out[0], m, few), vh = leading(node.out[2], few, n);
    const Array& s = node.out[1];
    bool vectors = ct[0].defined() || ct[2].defined(), is_complex = koine::is_complex(u.dtype());
    if (vectors) check_determined(node, a);
    Array middle, slope;
    if (ct[1].defined())
      middle =
          identity_like(expand_dims(s, -2) * expand_dims(s, -1)) * expand_dims(ct[1] * rates(s, is_complex).slope, -2);
    if (!vectors) return {matmul(matmul(u, middle), vh)};
    Array v = adjoint(vh), of_u = or_zeros(ct[0], u), of_v = adjoint(or_zeros(ct[2], vh));
    if (is_complex) {
      Array turn = imag(sum(conj(of_u) * u, {.axis = -2, .keepdims = true}) +
                        sum(conj(of_v) * v, {.axis = -2, .keepdims = true}));
      of_u = of_u + phase_weights(u, turn);
    }
    const Array columns[] = {of_u, of_v};
    Rates rate = rates(s, is_complex, used_columns(columns, ct[1]));
    Array inner_u = matmul(adjoint(u), of_u), inner_v = matmul(adjoint(v), of_v);
    Array turned = rate.gaps * skew_part(inner_u + inner_v) + rate.sums * skew_part(inner_u - inner_v);
    middle = middle.defined() ? middle + turned : turned;
    slope = matmul(matmul(u, middle), vh);
    Array inverse = expand_dims(rate.inverse, -2);
    if (!same(m, few)) slope = slope + matmul((of_u - matmul(u, inner_u)) * inverse, vh);
    if (!same(n, few)) slope = slope + matmul(u * inverse, adjoint(of_v - matmul(v, inner_v)));
    return {slope};
  }
  static void reference(const KernelInput& k, const Attrs& a) { svd_reference(k, a.full_matrices); }
  static std::vector<Sample> samples() {
    return {
        sample<Svd>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}, {.full_matrices = false}),
        sample<Svd>({{.shape = {3, 2}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1}}}, {.full_matrices = false}),
        sample<Svd>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}},
                    {.full_matrices = false})};
  }
};

}  // namespace koine::ops
