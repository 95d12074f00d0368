#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

/// The u v^H of x = u diag(s) v^H, without the vectors of singular values of 0: the subgradient of the nuclear norm.
struct UnitaryFactor : Composite {
  static constexpr bool internal = true;
  static constexpr auto doc = "The unitary factors of the polar forms of matrices.";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array x) {
    auto [u, s, vh] = svd(x, {.full_matrices = false});
    Array kept = cast(logical_not(s <= rounding_of(s)), {.dtype = x.dtype()});
    return matmul(u * expand_dims(kept, -2), vh);
  }
  // With x = y h and h Hermitian, dy = y w + (1 - y y^H) dx h^-1, where h w + w h = y^H dx - dx^H y.
  static Array tall(const Array& x, const Array& y, const Array& dx) {
    Array back = adjoint(y), h = hermitian_part(matmul(back, x)), inner = matmul(back, dx);
    Array rate = matmul(y, solve_sylvester(h, h, inner - adjoint(inner)));
    if (same(x.shape()[-2], x.shape()[-1])) return rate;
    return rate + adjoint(solve(h, adjoint(dx - matmul(y, inner)), {.check_errors = false}));
  }
  static Array jvp(const RuleInput& node, const NoAttrs&, Tangents t) {
    const Array &x = node.in[0], &y = node.out[0];
    // At least as many rows as columns, as far as that is known.
    if (same(max(x.shape()[-2], x.shape()[-1]), x.shape()[-2])) return tall(x, y, t[0]);
    return adjoint(tall(adjoint(x), adjoint(y), adjoint(t[0])));
  }
  static Arrays vjp(const RuleInput& node, const NoAttrs&, Tangents ct) { return transposed_jvp(node, ct); }
  static std::vector<Sample> samples() {
    return {sample<UnitaryFactor>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<UnitaryFactor>(
                {{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}})};
  }
};

}  // namespace koine::ops
