#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct LuSolve : Composite {
  static constexpr const char* args[] = {"lu", "pivots", "b"};
  static constexpr Promote promote = Promote::none;
  static constexpr auto doc = "The x with a x = b, by the factors that `lu_factor` made of a.";
  static constexpr auto shapes =
      "(..., n, n), (..., n) and (n,) give (..., n), with (..., n, k) they give (..., n, k); ShapeError where they do "
      "not "
      "fit.";
  static constexpr auto example =
      ">>> factors = kn.linalg.lu_factor(kn.asarray([[2.0, 0.0], [0.0, 4.0]]))\n"
      ">>> kn.linalg.lu_solve(factors, kn.asarray([2.0, 2.0]))\n"
      "array([1. , 0.5])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    ir::OperandDType pair[] = {operands[0], operands[2]};
    Factorization::operand_dtypes(pair);
    operands[0].dtype = pair[0].dtype;
    operands[2].dtype = pair[1].dtype;
  }
  static Array body(Array lu, Array pivots, Array b) {
    check_square(lu.shape());
    bool vector = b.rank() == 1;
    Array columns = vector ? expand_dims(b, -1) : b;
    Array order = lu_pivots_to_permutation(pivots, {.permutation_size = lu.size(-1)});
    Shape batch = broadcast(with_matrix(lu.shape(), {}), with_matrix(columns.shape(), {}));
    Shape full = batch;
    for (Dim d : {lu.shape()[-1], columns.shape()[-1]}) full.push_back(d);
    Array rows = broadcast_to(expand_dims(order, -1), {.shape = full});
    Array moved = take_along_axis(broadcast_to(columns, {.shape = full}), rows, {.axis = -2});
    Array x = solve_triangular(lu, solve_triangular(lu, moved, {.lower = true, .unit_diagonal = true}));
    return vector ? squeeze(x, -1) : x;
  }
  static constexpr Exemption exemptions[] = {{Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    return {sample<LuSolve>({{.shape = {2, 2}, .values = {3, 1, -1, 2}},
                             {.shape = {2}, .dtype = int32, .values = {1, 1}},
                             {.shape = {2, 3}}}),
            sample<LuSolve>({{.shape = {2, 2}, .values = {3, 1, -1, 2}},
                             {.shape = {2}, .dtype = int32, .values = {0, 1}},
                             {.shape = {2}}})};
  }
};

}  // namespace koine::ops
