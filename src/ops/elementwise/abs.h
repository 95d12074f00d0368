#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Abs : Elementwise<1> {
  static constexpr auto doc =
      "The magnitude |x|, elementwise, real for complex numbers; the least integer stays; the slope at 0 is 0.";
  static constexpr auto example =
      ">>> kn.abs(kn.asarray([-1.5, 2.0]))\n"
      "array([1.5, 2. ])\n"
      ">>> kn.abs(kn.asarray(3 + 4j))\n"
      "array(5.0)";
  static constexpr Accept accept = Accept::numeric;
  static constexpr Result result = Result::real_part;
  static auto body(auto x) { return abs(x); }
  // The real part of conj(x / |x|) * t for complex x.
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    Array direction = sign(node.in[0]);
    return {is_complex(direction.dtype()) ? real(conj(direction) * t[0]) : direction * t[0]};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) { return {ct[0] * sign(node.in[0])}; }
  static std::vector<Sample> samples() {
    return {sample<Abs>({{.shape = {2, 3}}}), sample<Abs>({{.shape = {5}, .dtype = complex64}})};
  }
  static constexpr Onnx onnx{"Abs", 6};
};

}  // namespace koine::ops
