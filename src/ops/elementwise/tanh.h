#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct Tanh : Elementwise<1> {
  static constexpr auto doc = "Hyperbolic tangent, elementwise.";
  static auto body(auto x) { return tanh(x); }
  static Array partial(Array y, Array) { return 1 - y * y; }
  static constexpr Onnx onnx{"Tanh", 6};
};

}  // namespace koine::ops
