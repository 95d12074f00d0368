#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct MatrixPower : Composite {
  struct Attrs {
    int64_t n = 1;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::n>("n", "how often; a negative number for the inverse")};
  static constexpr Promote promote = Promote::none;
  static constexpr auto doc =
      "Square matrices multiplied with themselves; a negative power is that of the inverse, 0 gives identities.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square, ValueError for a single one that is "
      "singular, where n is negative.";
  static constexpr auto example =
      ">>> kn.linalg.matrix_power(kn.asarray([[1.0, 1.0], [0.0, 1.0]]), 3)\n"
      "array([[1., 3.],\n"
      "       [0., 1.]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    if (is_bool(operands[0].dtype)) operands[0].dtype = int64;
  }
  static void normalize(Attrs&, const TypeInput& in) { check_square(in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    if (a.n == 0) return identity_like(x);
    if (a.n < 0) x = inv(x);
    Array result;
    for (uint64_t left = a.n < 0 ? 0 - static_cast<uint64_t>(a.n) : static_cast<uint64_t>(a.n); left; left >>= 1) {
      if (left & 1) result = result.defined() ? matmul(result, x) : x;
      if (left > 1) x = matmul(x, x);
    }
    return result;
  }
  static std::vector<Sample> samples() {
    return {
        sample<MatrixPower>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}, {.n = 3}),
        sample<MatrixPower>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}}}, {.n = -2}),
        sample<MatrixPower>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}, {.n = 0})};
  }
};

}  // namespace koine::ops
