#pragma once
#include "ops/family/factorization.h"

namespace koine::ops {

struct Solve : Factorization {
  static constexpr const char* args[] = {"a", "b"};
  static constexpr auto doc =
      "The x with a x = b, for matrices a and columns b with the same axes in front; a ValueError says which a is "
      "singular.";
  static constexpr auto shapes =
      "(..., n, n) with (..., n, k) gives (..., n, k); ShapeError where they do not fit, ValueError for a matrix "
      "that is singular.";
  static constexpr auto example =
      ">>> kn.linalg.solve(kn.asarray([[2.0, 0.0], [0.0, 4.0]]), kn.asarray([2.0, 2.0]))\n"
      "array([1. , 0.5])";
  static constexpr bool can_fail = true;
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    check_matrix(in.shape(1));
    if (in.dtype(0) != in.dtype(1))
      throw DTypeError("matrices of " + to_string(in.dtype(0)) + " and columns of " + to_string(in.dtype(1)));
    const Shape &a = in.shape(0), &b = in.shape(1);
    if (!(with_matrix(a, {}) == with_matrix(b, {})) || !same(a[-1], b[-2]))
      throw ShapeError("matrices of shape " + to_string(a) + " do not fit columns of shape " + to_string(b));
    return {in.dtype(1), b};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    Array rest = t[1].defined() ? t[1] : zeros_like(node.in[1]);
    if (t[0].defined()) rest = rest - matmul(t[0], node.out[0]);
    return {solve(node.in[0], rest)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    Array columns = solve(adjoint(node.in[0]), ct[0]);
    return {-matmul(columns, adjoint(node.out[0])), columns};
  }
  static void reference(const KernelInput& k, const Attrs&) { solve_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Solve>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {2, 3}}}),
            sample<Solve>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}},
                           {.shape = {2, 2, 1}, .dtype = float64}})};
  }
};

}  // namespace koine::ops
