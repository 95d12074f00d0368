#pragma once
#include "ops/family/factorization_kernels.h"
#include "ops/family/linear_system.h"

namespace koine::ops {

struct SolveTriangular : LinearSystem {
  struct Attrs {
    bool lower = false;
    bool unit_diagonal = false;
  };
  static constexpr const char* args[] = {"a", "b"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::lower>("lower", "a is the lower triangle, else the upper one; the other is not read"),
      field<&Attrs::unit_diagonal>("unit_diagonal", "the diagonal is taken for ones and not read")};
  static constexpr auto doc =
      "The x with a x = b for a triangle of a and a vector b or the columns of matrices; axes in front broadcast. A "
      "zero "
      "on the diagonal divides as elsewhere: the result is infinite or NaN.";
  static constexpr auto shapes =
      "(..., n, n) with (n,) gives (..., n), with (..., n, k) gives (..., n, k); ShapeError where they do not fit.";
  static constexpr auto example =
      ">>> kn.linalg.solve_triangular(kn.asarray([[2.0, 1.0], [0.0, 4.0]]), kn.asarray([4.0, 8.0]))\n"
      "array([1., 2.])";
  static Array triangle(const Array& x, const Attrs& a) {
    return a.lower ? lower_of(x, !a.unit_diagonal) : upper_of(x, !a.unit_diagonal);
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    SystemNode system(node);
    Array moved = system.moved(t[0].defined() ? triangle(t[0], a) : t[0], t[1]);
    return {system.without_columns(
        solve_triangular(system.a, moved, {.lower = a.lower, .unit_diagonal = a.unit_diagonal}))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    SystemNode system(node);
    Arrays both = system.cotangents(solve_triangular(adjoint(system.a), system.columns(ct[0]),
                                                     {.lower = !a.lower, .unit_diagonal = a.unit_diagonal}));
    both[0] = triangle(both[0], a);
    return both;
  }
  static void reference(const KernelInput& k, const Attrs& a) {
    solve_triangular_reference(k, a.lower, a.unit_diagonal);
  }
  static std::vector<Sample> samples() {
    return {sample<SolveTriangular>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {2, 3}}}),
            sample<SolveTriangular>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {2}}}, {.lower = true}),
            sample<SolveTriangular>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}},
                                     {.shape = {2, 1}, .dtype = float64}},
                                    {.lower = true, .unit_diagonal = true})};
  }
};

}  // namespace koine::ops
