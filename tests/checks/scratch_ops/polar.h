#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Polar : Composite {
  static constexpr const char* args[] = {"x", "y"};
  static constexpr const char* outputs[] = {"length", "angle"};
  static constexpr auto doc = "The length and the angle of the points (x, y).";
  static Arrays body(Array x, Array y) { return {hypot(x, y), atan2(y, x)}; }
  static std::vector<Sample> samples() { return {sample<Polar>({{{4}}, {{4}}}), sample<Polar>({{{2, 3}}, {{3}}})}; }
};

}  // namespace koine::ops
