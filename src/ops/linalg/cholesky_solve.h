#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct CholeskySolve : Composite {
  struct Attrs {
    bool upper = false;
  };
  static constexpr const char* args[] = {"b", "factor"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::upper>("upper", "the factor is the upper one")};
  static constexpr auto doc = "The x with a x = b, by the factor that `cholesky` made of a.";
  static constexpr auto shapes =
      "(n,) with (..., n, n) gives (..., n), (..., n, k) gives (..., n, k); ShapeError where they do not fit.";
  static constexpr auto example =
      ">>> factor = kn.linalg.cholesky(kn.asarray([[4.0, 0.0], [0.0, 1.0]]))\n"
      ">>> kn.linalg.cholesky_solve(kn.asarray([4.0, 2.0]), factor)\n"
      "array([1., 2.])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array b, Array factor, const Attrs& a) {
    check_square(factor.shape());
    bool vector = b.rank() == 1;
    Array turned = adjoint(factor), first = a.upper ? turned : factor, second = a.upper ? factor : turned;
    Array x = solve_triangular(second, solve_triangular(first, vector ? expand_dims(b, -1) : b, {.lower = true}));
    return vector ? squeeze(x, -1) : x;
  }
  static std::vector<Sample> samples() {
    return {sample<CholeskySolve>({{.shape = {2, 3}}, {.shape = {2, 2}, .values = {3, 0, -1, 2}}}),
            sample<CholeskySolve>({{.shape = {2}}, {.shape = {2, 2}, .values = {3, 1, 0, 2}}}, {.upper = true})};
  }
};

}  // namespace koine::ops
