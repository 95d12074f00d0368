#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Inv : Factorization {
  struct Attrs {
    bool check_errors = true;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::check_errors>(
      "check_errors", "a ValueError for a single matrix that is singular; else, and in a batch, its result is NaN")};
  static constexpr auto doc = "The inverses of square matrices, by LU factors; `solve` is more accurate and faster.";
  static constexpr auto shapes =
      "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square, ValueError for a single one that is "
      "singular; singular matrices of a batch give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.inv(kn.asarray([[2.0, 0.0], [0.0, 4.0]]))\n"
      "array([[0.5 , 0.  ],\n"
      "       [0.  , 0.25]])";
  static constexpr bool can_fail = true;
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array& inverse = node.out[0];
    return {-matmul(matmul(inverse, t[0]), inverse)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    Array turned = adjoint(node.out[0]);
    return {-matmul(matmul(turned, ct[0]), turned)};
  }
  static void reference(const KernelInput& k, const Attrs& a) { inv_reference(k, a.check_errors); }
  static std::vector<Sample> samples() {
    return {sample<Inv>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Inv>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}}},
                        {.check_errors = false})};
  }
};

}  // namespace koine::ops
