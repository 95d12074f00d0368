#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Exp : Elementwise<1> {
  static constexpr auto doc = "The exponential e ** x, elementwise; overflow gives infinity.";
  static auto body(auto x) { return exp(x); }
  static Array partial(Array y, Array) { return y; }
  static constexpr Onnx onnx{"Exp", 6};
};

}  // namespace koine::ops
