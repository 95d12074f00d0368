#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/family/spectrum.h"

namespace koine::ops {

struct MatrixRank : Composite {
  static constexpr const char* args[] = {"x", "rtol?"};
  static constexpr auto doc =
      "How many singular values are greater than rtol times the largest, by default max(m, n) times epsilon.";
  static constexpr auto shapes =
      "(..., m, n), and an rtol of shape () or (...), give (...) in int64; ShapeError for an x that is no matrix.";
  static constexpr auto example =
      ">>> kn.linalg.matrix_rank(kn.asarray([[1.0, 2.0], [2.0, 4.0]]))\n"
      "array(1)";
  static constexpr auto not_differentiable = "its result is integers";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { spectrum_dtypes(operands); }
  static Array body(Array x, Array rtol) {
    Array s = svdvals(x);
    return sum(cast(s > spectrum_cutoff(x, s, rtol), {.dtype = int64}), {.axis = -1});
  }
  static std::vector<Sample> samples() {
    return {
        sample<MatrixRank>({{.shape = {2, 2}, .values = {3, 1, 6, 2}}}),
        sample<MatrixRank>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}},
                            {.shape = {}, .dtype = float64, .values = {0.01}}})};
  }
};

}  // namespace koine::ops
