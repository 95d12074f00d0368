#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct StopGradient : Elementwise<1> {
  static constexpr auto doc = "The operand itself, taken as a constant by every derivative.";
  static constexpr auto example =
      ">>> kn.grad(lambda x: x * kn.stop_gradient(x))(kn.asarray(3.0))\n"
      "array(3.0)";
  static constexpr Accept accept = Accept::any;
  static auto body(auto x) { return x; }
  static Arrays jvp(const RuleInput&, const Attrs&, Tangents) { return {Array()}; }
  static Arrays vjp(const RuleInput&, const Attrs&, Tangents) { return {Array()}; }
  static constexpr Exemption exemptions[] = {{Cell::jvp, Reason::not_differentiable},
                                             {Cell::second_order, Reason::not_differentiable}};
};

}  // namespace koine::ops
