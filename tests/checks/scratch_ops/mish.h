#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Mish : Composite {
  static constexpr auto doc = "x tanh(log(1 + exp(x))), elementwise.";
  static Array body(Array x) { return x * tanh(logaddexp(x, 0)); }
  static std::vector<Sample> samples() { return {sample<Mish>({{{5}}}), sample<Mish>({{{2, 3}}})}; }
};

}  // namespace koine::ops
