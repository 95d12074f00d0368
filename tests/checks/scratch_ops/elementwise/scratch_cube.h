#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct ScratchCube : Elementwise<1> {
  static constexpr auto doc = "x * x * x, elementwise.";
  static auto body(auto x) { return x * x * x; }
  static Array partial(Array, Array x) { return 3 * x * x; }
};

}  // namespace koine::ops
