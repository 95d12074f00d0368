#pragma once
#include "ops/family/factorization.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

struct Slogdet : Factorization {
  static constexpr const char* outputs[] = {"sign", "logabsdet"};
  static constexpr auto doc =
      "Sign and logarithm of the absolute value of determinants, which would overflow themselves; 0 and -infinity for "
      "singular matrices, where there is no derivative: NaN.";
  static constexpr auto shapes = "(..., n, n) gives two of shape (...); ShapeError for matrices that are not square.";
  static constexpr auto example =
      ">>> kn.linalg.slogdet(kn.asarray([[0.0, 1.0], [1.0, 0.0]]))\n"
      "SlogdetResult(sign=array(-1.0), logabsdet=array(0.0))";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    check_square(in.shape(0));
    Shape batch = with_matrix(in.shape(0), {});
    return {{in.dtype(0), batch}, {real_of(in.dtype(0)), batch}};
  }
  // d log det = tr(x^-1 dx): its real part is that of the logarithm, its imaginary part turns the sign.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    Array rate = sum(swapaxes(inv(node.in[0], {.check_errors = false}), -1, -2) * t[0], {.axis = {-2, -1}});
    if (!is_complex(rate.dtype())) return {zeros_like(node.out[0]), rate};
    return {node.out[0] * complex(zeros_like(node.out[1]), imag(rate)), real(rate)};
  }
  static void reference(const KernelInput& k, const Attrs&) { slogdet_reference(k); }
  static std::vector<Sample> samples() {
    return {sample<Slogdet>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<Slogdet>({{.shape = {2, 2, 2}, .dtype = float64, .values = {3, 1, -1, 2, 2, 0.5, 1, -4}}})};
  }
};

}  // namespace koine::ops
