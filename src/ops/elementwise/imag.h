#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Imag : Elementwise<1> {
  static constexpr auto doc = "The imaginary part, elementwise; 0 for real numbers.";
  static constexpr auto example =
      ">>> kn.imag(kn.asarray([1 + 2j, 3.0]))\n"
      "array([2., 0.])";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::real_part;
  static auto body(auto x) { return imag(x); }
  static Arrays jvp(const RuleInput&, const Attrs&, Tangents t) { return {imag(t[0])}; }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {is_complex(node.in[0].dtype()) ? complex(zeros_like(ct[0]), ct[0]) : Array()};
  }
  static std::vector<Sample> samples() {
    return {sample<Imag>({{.shape = {2, 3}}}), sample<Imag>({{.shape = {5}, .dtype = complex64}})};
  }
};

}  // namespace koine::ops
