#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/linalg/matrix_norm.h"

#include <cmath>

namespace koine::ops {

struct ConditionNumber : Composite {
  struct Attrs {
    std::string ord = "2";
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::ord>("ord", "the norm, as in `matrix_norm`: 2, -2, 1, -1, inf, -inf, fro or nuc")};
  static constexpr auto doc =
      "The condition numbers of matrices, the norm times that of the inverse: with 2 the ratio of the largest singular "
      "value to the smallest. Infinite for singular matrices. In Python it is linalg.cond.";
  static constexpr auto shapes =
      "(..., m, n) gives (...), real; ShapeError for matrices that are not square, where the norm is not 2 or -2, "
      "ValueError for another ord.";
  static constexpr auto example =
      ">>> kn.linalg.cond(kn.asarray([[4.0, 0.0], [0.0, 2.0]]))\n"
      "array(2.0)";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    MatrixNorm::Attrs norm{false, a.ord};
    MatrixNorm::normalize(norm, in);
    if (a.ord != "2" && a.ord != "-2") check_square(in.shape(0));
  }
  static Array body(Array x, const Attrs& a) {
    if (a.ord == "2" || a.ord == "-2") {
      Array s = svdvals(x), most = max(s, {.axis = -1}), least = min(s, {.axis = -1});
      return a.ord == "2" ? most / least : least / most;
    }
    Array inverse = inv(x, {.check_errors = false});
    Array y = matrix_norm(x, {.ord = a.ord}) * matrix_norm(inverse, {.ord = a.ord});
    // Without an inverse, and without NaN in x itself.
    Array lost = logical_and(isnan(y), logical_not(any(isnan(x), {.axis = {-2, -1}})));
    return where(lost, INFINITY, y);
  }
  static std::vector<Sample> samples() {
    return {sample<ConditionNumber>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<ConditionNumber>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}, {.ord = "fro"})};
  }
};

}  // namespace koine::ops
