#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/linalg/lu_factor.h"

namespace koine::ops {

struct Lu : Composite {
  static constexpr const char* outputs[] = {"p", "l", "u"};
  static constexpr auto doc =
      "A permutation p, a lower triangle l with ones on its diagonal and an upper triangle u with x = p l u, by "
      "elimination with row exchanges.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., m, m), (..., m, k) and (..., k, n) with k = min(m, n); ShapeError for an x that is no "
      "matrix.";
  static constexpr auto example =
      ">>> kn.linalg.lu(kn.asarray([[1.0, 3.0], [2.0, 4.0]])).U\n"
      "array([[2., 4.],\n"
      "       [0., 1.]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Arrays body(Array x) {
    Arrays all = ir::record(spec<LuFactor>(), ir::intern_attrs(spec<LuFactor>(), nullptr), {&x, 1}, {});
    const Array &factors = all[0], &order = all[2];
    Dim m = x.shape()[-2], n = x.shape()[-1], few = min(m, n);
    Array l = leading(factors, m, few), u = leading(factors, few, n);
    Array place = cumsum(ones_like(order), {.axis = -1}) - 1;
    Array p = cast(expand_dims(place, -1) == expand_dims(order, -2), {.dtype = x.dtype()});
    return {p, lower_of(l, false) + identity_like(l), upper_of(u, true)};
  }
  static std::vector<Sample> samples() {
    return {sample<Lu>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Lu>({{.shape = {3, 2}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1}}}),
            sample<Lu>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 4, 2, 0, -1, 3, 1}}})};
  }
};

}  // namespace koine::ops
