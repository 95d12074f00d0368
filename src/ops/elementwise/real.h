#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Real : Elementwise<1> {
  static constexpr auto doc = "The real part, elementwise; real numbers stay as they are.";
  static constexpr auto example =
      ">>> kn.real(kn.asarray([1 + 2j, 3.0]))\n"
      "array([1., 3.])";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::real_part;
  static auto body(auto x) { return real(x); }
  static Arrays jvp(const RuleInput&, const Attrs&, Tangents t) { return {real(t[0])}; }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {is_complex(node.in[0].dtype()) ? complex(ct[0], zeros_like(ct[0])) : ct[0]};
  }
  static std::vector<Sample> samples() {
    return {sample<Real>({{.shape = {2, 3}}}), sample<Real>({{.shape = {5}, .dtype = complex64}})};
  }
};

}  // namespace koine::ops
