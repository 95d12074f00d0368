#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

/// The transposed cofactors: det(x) / x, and what that tends to where x is singular. What det's derivative is made of.
struct Adjugate : Factorization {
  static constexpr bool internal = true;
  static constexpr auto doc = "The adjugates of square matrices, their transposed cofactors: x adj(x) = det(x).";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), in.shape(0)};
  }

  // The products of the elements before each one of a row.
  static Array products_before(const Array& rows) {
    Dim count = rows.shape()[-2], n = rows.shape()[-1];
    return concatenate({ones_like(leading(rows, count, 1)), leading(cumprod(rows, {.axis = -1}), count, n - 1)},
                       {.axis = -1});
  }
  // The products of the values s (..., n) but for two of them, (..., n, n) with a diagonal of zeros.
  static Array products_without_two(const Array& s) {
    Array row = expand_dims(s, -2);
    Array before = products_before(row);
    Array behind = reverse(products_before(reverse(row, {.axes = -1})), {.axes = -1});
    Array later = identity_like(expand_dims(s, -1) * row);
    later = upper_of(ones_like(later), false);
    Array between = products_before(where(later != 0, row, 1));
    Array upper = later * between * swapaxes(before, -1, -2) * behind;
    return upper + swapaxes(upper, -1, -2);
  }
  // Where x has an inverse, what follows from adj(x) = det(x) / x. Elsewhere, with x = u diag(s) v^H and e = u^H dx v:
  // adj(diag(s) + t e) has at (i, j) the product of the other s times -e[i, j], and on the diagonal their sum with e[j,
  // j].
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &x = node.in[0], &y = node.out[0], &dx = t[0];
    if (same(x.shape()[-1], 0)) return {zeros_like(y)};
    auto [u, s, vh] = svd(x, {.full_matrices = false});
    Array inner = matmul(matmul(adjoint(u), dx), adjoint(vh)), others = products_without_two(s);
    Array diagonal = expand_dims(matmul(others, expand_dims(diagonal_of(inner), -1)), -1);
    Array middle = identity_like(inner) * squeeze(diagonal, -1) - others * inner;
    Array turn = expand_dims(expand_dims(det(u) * det(vh), -1), -1);
    Array everywhere = matmul(matmul(adjoint(vh), middle), adjoint(u)) * turn;

    Array steps = sqrt(rounding_of(s) * max(s, {.axis = -1, .keepdims = true}));
    Array regular = expand_dims(min(s, {.axis = -1, .keepdims = true}) > steps, -1);
    // The vectors of a singular matrix have no derivative, and so neither has this expression: the slope of a root at 0
    // makes it NaN.
    Array root = sqrt(where(regular, 1, real(sum(x * 0, {.axis = {-2, -1}, .keepdims = true}))));
    Array size = where(regular, expand_dims(expand_dims(det(x), -1), -1), 1);
    Array moved = matmul(dx, y);
    Array rate = y * expand_dims(expand_dims(sum(diagonal_of(moved), {.axis = -1}), -1), -1) - matmul(y, moved);
    return {where(regular, rate / size, everywhere * (1 + root))};
  }
  static void reference(const KernelInput& k, const Attrs&) { adjugate_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Adjugate>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Adjugate>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 2, 1, 0, 1}}})};
  }
};

}  // namespace koine::ops
