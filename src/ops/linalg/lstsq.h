#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/linalg/least_squares.h"

namespace koine::ops {

struct Lstsq : Composite {
  struct Attrs {
    double rcond = -1;
  };
  static constexpr const char* args[] = {"a", "b"};
  static constexpr const char* outputs[] = {"x", "residuals", "rank", "s"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::rcond>("rcond",
                           "singular values up to this times the largest are taken for zero; a negative number "
                           "is max(m, n) times epsilon")};
  static constexpr auto doc =
      "The x of least length that makes the length of a x - b least, for a vector b or its columns; the squares of "
      "these "
      "lengths, the rank of a and its singular values. The derivative is that among matrices a of the same rank.";
  static constexpr auto shapes =
      "(..., m, n) with (m,) or (..., m, k) gives x of shape (..., n) or (..., n, k), residuals of (...) or (..., k), "
      "the "
      "rank of (...), and s of (..., min(m, n)); axes in front broadcast; ShapeError where they do not fit.";
  static constexpr auto example =
      ">>> kn.linalg.lstsq(kn.asarray([[1.0], [1.0]]), kn.asarray([1.0, 3.0]))[0]\n"
      "array([2.])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Arrays body(Array a, Array b, const Attrs& attrs) {
    check_matrix(a.shape());
    bool vector = b.rank() == 1;
    if (vector) b = expand_dims(b, -1);
    check_matrix(b.shape());
    Shape batch = broadcast(with_matrix(a.shape(), {}), with_matrix(b.shape(), {})), left = batch, right = batch;
    for (int axis : {-2, -1}) left.push_back(a.shape()[axis]), right.push_back(b.shape()[axis]);
    LeastSquares::Attrs own{attrs.rcond};
    const Array in[] = {broadcast_to(a, {.shape = left}), broadcast_to(b, {.shape = right})};
    Arrays all = ir::record(spec<LeastSquares>(), ir::intern_attrs(spec<LeastSquares>(), &own), in, {});
    if (!vector) return all;
    return {squeeze(all[0], -1), squeeze(all[1], -1), all[2], all[3]};
  }
  static std::vector<Sample> samples() {
    return {sample<Lstsq>({{.shape = {3, 2}, .values = {3, 1, -1, 2, 0.5, 1}}, {.shape = {3}}}),
            sample<Lstsq>({{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 4, 2, 0, -1, 3, 1}},
                           {.shape = {2, 2}, .dtype = float64}})};
  }
};

}  // namespace koine::ops
