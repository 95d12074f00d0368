#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Polar : Composite {
  static constexpr const char* args[] = {"x", "y"};
  static constexpr const char* outputs[] = {"length", "angle"};
  static constexpr auto doc = "The length and the angle of the points (x, y).";
  static constexpr auto shapes =
      "x and y broadcast, and both results have their common shape; ShapeError where they do not.";
  static constexpr auto example =
      ">>> kn.polar(kn.asarray(3.0), kn.asarray(4.0))[0]\n"
      "array(5.0)";
  static Arrays body(Array x, Array y) { return {hypot(x, y), atan2(y, x)}; }
  static std::vector<Sample> samples() { return {sample<Polar>({{{4}}, {{4}}}), sample<Polar>({{{2, 3}}, {{3}}})}; }
};

}  // namespace koine::ops
