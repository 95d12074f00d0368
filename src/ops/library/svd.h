#pragma once
#include "ops/family/factorization.h"

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
      "element of "
      "each column of u real and positive. Derivatives are those for different singular values; those of square u and "
      "vh "
      "exist for square matrices.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., m, k), (..., k) and (..., k, n) with k = min(m, n), or square u and vh with "
      "full_matrices; ShapeError for an x that is no matrix.";
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
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    Dim m = node.in[0].shape()[-2], n = node.in[0].shape()[-1];
    if (a.full_matrices && !same(m, n))
      throw NotDifferentiable("the vectors that full_matrices adds are not determined; use full_matrices=false");
    const Array &u = node.out[0], &s = node.out[1], &vh = node.out[2], v = adjoint(vh), &dx = t[0];
    Array inner = matmul(adjoint(u), matmul(dx, v)), row = expand_dims(s, -2), column = expand_dims(s, -1);
    Array gaps = safe_reciprocal((row - column) * (row + column));
    Array left = inner * row, right = inner * column, inverse = safe_reciprocal(row);
    Array du = (left + adjoint(left)) * gaps, dv = (right + adjoint(right)) * gaps;
    if (is_complex(dx.dtype())) du = du + identity_like(inner) * (inner - adjoint(inner)) * 0.5 * inverse;
    du = matmul(u, du);
    dv = matmul(v, dv);
    if (!same(m, min(m, n))) {
      Array part = matmul(dx, v);
      du = du + (part - matmul(u, matmul(adjoint(u), part))) * inverse;
    }
    if (!same(n, min(m, n))) {
      Array part = matmul(adjoint(dx), u);
      dv = dv + (part - matmul(v, matmul(vh, part))) * inverse;
    }
    if (is_complex(dx.dtype())) {
      Array turn = phase_rate(u, du);
      du = du - u * turn;
      dv = dv - v * turn;
    }
    return {du, real(diagonal_of(inner)), adjoint(dv)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) { return transposed_jvp(node, ct); }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) {
    return again(node, all_batched(node));
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
