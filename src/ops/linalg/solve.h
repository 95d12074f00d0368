#pragma once
#include "ops/family/factorization_kernels.h"
#include "ops/family/linear_system.h"

namespace koine::ops {

struct Solve : LinearSystem {
  struct Attrs {
    bool check_errors = true;
  };
  static constexpr const char* args[] = {"a", "b"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::check_errors>(
      "check_errors", "a ValueError for a single matrix that is singular; else, and in a batch, its result is NaN")};
  static constexpr auto doc =
      "The x with a x = b, for a vector b or the columns of matrices; axes in front broadcast. By LU factors.";
  static constexpr auto shapes =
      "(..., n, n) with (n,) gives (..., n), with (..., n, k) gives (..., n, k); ShapeError where they do not fit, "
      "ValueError for a single matrix that is singular; singular matrices of a batch give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.solve(kn.asarray([[2.0, 0.0], [0.0, 4.0]]), kn.asarray([2.0, 2.0]))\n"
      "array([1. , 0.5])";
  static constexpr bool can_fail = true;
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    SystemNode system(node);
    return {system.without_columns(solve(system.a, system.moved(t[0], t[1]), {.check_errors = false}))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    SystemNode system(node);
    return system.cotangents(solve(adjoint(system.a), system.columns(ct[0]), {.check_errors = false}));
  }
  static void reference(const KernelInput& k, const Attrs& a) { solve_reference(k, a.check_errors); }
  static std::vector<Sample> samples() {
    return {sample<Solve>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {2, 3}}}),
            sample<Solve>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}, {.shape = {2}}}),
            sample<Solve>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 4, 2, -1, 3}},
                           {.shape = {2, 1}, .dtype = float64}},
                          {.check_errors = false})};
  }
};

}  // namespace koine::ops
