#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Sqrtm : Factorization {
  static constexpr auto doc =
      "The principal square roots of square matrices (Bjorck and Hammarling, 1983); NaN for matrices that have none, "
      "and "
      "for real ones whose root is not real: give those as complex numbers.";
  static constexpr auto shapes = "(..., n, n) gives (..., n, n); ShapeError for matrices that are not square.";
  static constexpr auto example =
      ">>> kn.linalg.sqrtm(kn.asarray([[4.0, 0.0], [0.0, 9.0]]))\n"
      "array([[2., 0.],\n"
      "       [0., 3.]])";
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {in.dtype(0), in.shape(0)};
  }
  // y y = x, and so dy y + y dy = dx.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    return {solve_sylvester(node.out[0], node.out[0], t[0])};
  }
  static void reference(const KernelInput& k, const Attrs&) { sqrtm_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Sqrtm>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Sqrtm>({{.shape = {2, 2, 2}, .dtype = float64, .values = {2, 1, 0.5, 3, 1, 2, 0, 1}}})};
  }
};

}  // namespace koine::ops
