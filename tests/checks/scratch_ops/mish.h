#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Mish : Composite {
  static constexpr auto doc = "x tanh(log(1 + exp(x))), elementwise.";
  static constexpr auto shapes = "The result has x's shape; DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.mish(kn.asarray(0.0))\n"
      "array(0.0)";
  static Array body(Array x) { return x * tanh(logaddexp(x, 0)); }
  static std::vector<Sample> samples() { return {sample<Mish>({{{5}}}), sample<Mish>({{{2, 3}}})}; }
};

}  // namespace koine::ops
