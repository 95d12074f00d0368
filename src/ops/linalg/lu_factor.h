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
  // With the rows in order, l and u made square by ones on their diagonals: l^-1 dx u^-1 = l^-1 dl + du u^-1, the first
  // strictly lower, the second upper. The last pivot of a matrix that has no rows below it belongs to the second alone,
  // and so may be 0.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array &factors = node.out[0], &order = node.out[2];
    const Shape& shape = factors.shape();
    Dim m = shape[-2], n = shape[-1], few = min(m, n);
    Array dx = take_along_axis(t[0], broadcast_to(expand_dims(order, -1), {.shape = shape}), {.axis = -2});
    auto zeros_of = [&](Dim rows, Dim columns) { return zeros(with_matrix(shape, {rows, columns}), factors.dtype()); };
    Array below = lower_of(leading(factors, m, few), false), above = upper_of(leading(factors, few, n), true);
    Array l = concatenate({below, zeros_of(m, m - few)}, {.axis = -1});
    Array u = concatenate({above, zeros_of(n - few, n)}, {.axis = -2});
    Array place = expand_dims(cumsum(ones({n}, int64), {.axis = 0}), 1), count = sum(ones({few}, int64));
    Array one = identity_like(u);
    u = u + where(place > count, one, 0);
    Array divisor = same(few, m) ? where(logical_and(place == count, one != 0), 1, u) : u;
    Array inner = solve_triangular(l, dx, {.lower = true, .unit_diagonal = true});
    Array part = adjoint(solve_triangular(adjoint(divisor), adjoint(inner), {.lower = true}));
    Array dl = matmul(l + identity_like(l), lower_of(part, false));
    Array du = solve_triangular(l, dx - matmul(dl, u), {.lower = true, .unit_diagonal = true});
    return {lower_of(dl, false) + upper_of(du, true), Array(), Array()};
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
