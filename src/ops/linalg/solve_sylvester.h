#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct SolveSylvester : Factorization {
  static constexpr const char* args[] = {"a", "b", "q"};
  static constexpr auto doc =
      "The x with a x + x b = q, by Schur forms (Bartels and Stewart, 1972); NaN where an eigenvalue of a is that of "
      "-b, "
      "so that there is none.";
  static constexpr auto shapes =
      "(..., m, m), (..., n, n) and (..., m, n), with the same axes in front, give (..., m, n); ShapeError where they "
      "do "
      "not fit.";
  static constexpr auto example =
      ">>> kn.linalg.solve_sylvester(kn.asarray([[1.0]]), kn.asarray([[3.0]]), kn.asarray([[8.0]]))\n"
      "array([[2.]])";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_one_dtype(in);
    const Shape &a = in.shape(0), &b = in.shape(1), &q = in.shape(2);
    check_square(a);
    check_square(b);
    check_matrix(q);
    Shape batch = with_matrix(q, {});
    if (!(with_matrix(a, {}) == batch) || !(with_matrix(b, {}) == batch) || !same(a[-1], q[-2]) || !same(b[-1], q[-1]))
      throw ShapeError("matrices of shapes " + to_string(a) + " and " + to_string(b) + " do not fit " + to_string(q));
    return {in.dtype(2), q};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    const Array& x = node.out[0];
    Array rest = or_zeros(t[2], x);
    if (t[0].defined()) rest = rest - matmul(t[0], x);
    if (t[1].defined()) rest = rest - matmul(x, t[1]);
    return {solve_sylvester(node.in[0], node.in[1], rest)};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    Array of_q = solve_sylvester(adjoint(node.in[0]), adjoint(node.in[1]), ct[0]), turned = adjoint(node.out[0]);
    return {-matmul(of_q, turned), -matmul(turned, of_q), of_q};
  }
  static void reference(const KernelInput& k, const Attrs&) { solve_sylvester_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<SolveSylvester>(
                {{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {1, 1}, .values = {2}}, {.shape = {2, 1}}}),
            sample<SolveSylvester>({{.shape = {2, 1, 1}, .dtype = float64, .values = {3, 1}},
                                    {.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}},
                                    {.shape = {2, 1, 2}, .dtype = float64}})};
  }
};

}  // namespace koine::ops
