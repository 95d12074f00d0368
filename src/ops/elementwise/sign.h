#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Sign : Elementwise<1> {
  static constexpr auto doc =
      "-1, 0 or 1 with the sign of x, for complex x its direction x / |x|, elementwise; 0 for 0, NaN for NaN.";
  static constexpr auto example =
      ">>> kn.sign(kn.asarray([-3.0, 0.0, 2.0]))\n"
      "array([-1.,  0.,  1.])";
  static constexpr Accept accept = Accept::numeric;
  // The sum takes the sign from a zero.
  static auto body(auto x) { return sign(x) + 0; }
  // A step for real x. For complex x the part of t across x, divided by |x|: a map equal to its own transpose. At 0 the
  // direction y is 0, and so is the slope.
  static Array slope_times(const Array& y, const Array& x, const Array& t) {
    if (!is_complex(x.dtype())) return Array();
    Array length = abs(x);
    Array across = imag(conj(y) * t);
    return y * complex(zeros_like(across), across) / where(length == 0, 1, length);
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    return {slope_times(node.out[0], node.in[0], t[0])};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {slope_times(node.out[0], node.in[0], ct[0])};
  }
  static std::vector<Sample> samples() {
    return {sample<Sign>({{.shape = {2, 3}}}), sample<Sign>({{.shape = {5}, .dtype = complex64}})};
  }
  static constexpr Onnx onnx{"Sign", 9};
};

}  // namespace koine::ops
