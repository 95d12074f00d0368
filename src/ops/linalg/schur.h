#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Schur : Factorization {
  static constexpr const char* outputs[] = {"t", "z"};
  static constexpr auto doc =
      "A triangle t and a unitary z with x = z t z^H; of a real x they are real, and t has blocks of 2 x 2 on its "
      "diagonal "
      "for pairs of conjugate eigenvalues.";
  static constexpr auto shapes =
      "(..., n, n) gives two of (..., n, n); ShapeError for matrices that are not square. Matrices with NaN or "
      "infinities "
      "give NaN.";
  static constexpr auto example =
      ">>> kn.linalg.schur(kn.asarray([[1.0, 2.0], [0.0, 3.0]])).T\n"
      "array([[1., 2.],\n"
      "       [0., 3.]])";
  static constexpr auto not_differentiable = "the order of the eigenvalues and the vectors are not determined";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    return {{in.dtype(0), in.shape(0)}, {in.dtype(0), in.shape(0)}};
  }
  static void reference(const KernelInput& k, const Attrs&) { schur_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Schur>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Schur>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 1, 2, 0.5, 4}}})};
  }
};

}  // namespace koine::ops
