#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/linalg/euclidean_norm.h"
#include "ops/linalg/nuclear_norm.h"

namespace koine::ops {

struct MatrixNorm : Composite {
  struct Attrs {
    bool keepdims = false;
    std::string ord = "fro";
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::keepdims>("keepdims", "keep the last two axes with length 1"),
      field<&Attrs::ord>("ord",
                         "fro: of all elements; nuc: the sum of the singular values; 2, -2: the largest, the "
                         "smallest of them; 1, -1: the largest, the smallest sum of a column; inf, -inf: of a row")};
  static constexpr auto doc =
      "The norms of matrices. Where the largest or smallest is not one alone, all such share the slope; a norm of 0 "
      "has "
      "the slope 0.";
  static constexpr auto shapes =
      "(..., m, n) gives (...), real; ShapeError for an x that is no matrix, ValueError for another ord.";
  static constexpr auto example =
      ">>> kn.linalg.matrix_norm(kn.asarray([[3.0, 0.0], [0.0, 4.0]]))\n"
      "array(5.0)";
  static void normalize(Attrs& a, const TypeInput& in) {
    check_matrix(in.shape(0));
    for (const char* known : {"fro", "nuc", "1", "-1", "2", "-2", "inf", "-inf"})
      if (a.ord == known) return;
    throw ValueError("ord is 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, not " + a.ord);
  }
  static Array body(Array x, const Attrs& a) {
    if (a.ord == "fro") return record<EuclideanNorm>({x}, {.axis = {-2, -1}, .keepdims = a.keepdims});
    bool smallest = a.ord[0] == '-';
    char kind = a.ord[smallest];
    Array y;
    if (a.ord == "nuc") {
      y = record<NuclearNorm>({x});
    } else {
      Array values = kind == '2'
                         ? svdvals(x)
                         : cast(sum(abs(widened(x)), {.axis = kind == '1' ? -2 : -1}), {.dtype = real_of(x.dtype())});
      y = smallest ? min(values, {.axis = -1}) : max(values, {.axis = -1});
    }
    return a.keepdims ? expand_dims(expand_dims(y, -1), -1) : y;
  }
  static std::vector<Sample> samples() {
    return {sample<MatrixNorm>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<MatrixNorm>({{.shape = {2, 3}, .values = {3, 1, -1, 2, 0.5, 1}}}, {.keepdims = true, .ord = "2"}),
            sample<MatrixNorm>({{.shape = {2, 3}, .values = {3, 1, -1, 2, 0.5, 1}}}, {.ord = "nuc"}),
            sample<MatrixNorm>({{.shape = {2, 3}, .values = {3, 1, -1, 2, 0.5, 1}}}, {.ord = "1"}),
            sample<MatrixNorm>({{.shape = {2, 3}, .values = {3, 1, -1, 2, 0.5, 1}}}, {.ord = "-inf"})};
  }
};

}  // namespace koine::ops
