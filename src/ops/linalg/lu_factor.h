#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct LuFactor : Factorization {
  static constexpr const char* outputs[] = {"lu", "pivots", "_permutation"};
  static constexpr auto doc =
      "The factors of matrices with rows exchanged, as LAPACK has them: below the diagonal of lu those of L, whose "
      "diagonal is ones, else those of U. Row i was exchanged with row pivots[i], in order.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., m, n) and (..., min(m, n)) in int32; ShapeError for an x that is no matrix.";
  static constexpr auto example =
      ">>> kn.linalg.lu_factor(kn.asarray([[1.0, 3.0], [2.0, 4.0]]))\n"
      "LuFactorResult(lu=array([[2. , 4. ],\n"
      "       [0.5, 1. ]]), pivots=array([1, 1], dtype=int32))";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    const Shape& shape = in.shape(0);
    check_matrix(shape);
    return {{in.dtype(0), shape},
            {int32, with_matrix(shape, {min(shape[-2], shape[-1])})},
            {int64, with_matrix(shape, {shape[-2]})}};
  }
  // With the rows in order: l^-1 dx u^-1 = l^-1 dl + du u^-1, the first strictly lower, the second upper. The last
  // pivot belongs to the second alone, so that a matrix may be singular by it. What lies below or right of the square
  // follows from there.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &factors = node.out[0], &order = node.out[2];
    Dim m = factors.shape()[-2], n = factors.shape()[-1], few = min(m, n);
    Array dx = take_along_axis(t[0], expand_dims(order, -1), {.axis = -2});
    Array square = leading(factors, few, few), l = lower_of(square, false) + identity_like(square);
    Array u = upper_of(square, true), first = leading(dx, few, few);
    auto right_solved = [](const Array& y, const Array& upper) {
      return adjoint(solve_triangular(adjoint(upper), adjoint(y), {.lower = true}));
    };
    Array inner = solve_triangular(l, first, {.lower = true, .unit_diagonal = true});
    Array without_last = where(last_of(square), 1, u);
    Array dl = matmul(l, lower_of(right_solved(inner, without_last), false));
    Array du = solve_triangular(l, first - matmul(dl, u), {.lower = true, .unit_diagonal = true});
    Array rate = dl + upper_of(du, true);
    if (!same(m, few)) {
      Array below = rows_from(factors, few), rest = rows_from(dx, few);
      return {concatenate({rate, right_solved(rest - matmul(below, upper_of(du, true)), u)}, {.axis = -2})};
    }
    if (!same(n, few)) {
      Array beyond = adjoint(rows_from(adjoint(factors), few)), rest = adjoint(rows_from(adjoint(dx), few));
      Array part = solve_triangular(l, rest - matmul(dl, beyond), {.lower = true, .unit_diagonal = true});
      return {concatenate({rate, part}, {.axis = -1})};
    }
    return {rate, Array(), Array()};
  }
  /// Where the last element of the diagonal is: what no other one is above or below of.
  static Array last_of(const Array& square) {
    Array diagonal = identity_like(square);
    Array later = reverse(cumsum(reverse(diagonal, {.axes = {-2, -1}}), {.axis = -2}), {.axes = {-2, -1}});
    return logical_and(diagonal != 0, sum(later, {.axis = -1, .keepdims = true}) == 1);
  }
  static void reference(const KernelInput& k, const Attrs&) { lu_reference(k); }
  static std::vector<Sample> samples() {
    return {
        sample<LuFactor>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
        sample<LuFactor>({{.shape = {3, 2}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1}}}),
        sample<LuFactor>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 4, 2, 0, -1, 3, 1}}})};
  }
};

}  // namespace koine::ops
