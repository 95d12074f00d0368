#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct RmsNorm : Composite {
  struct Attrs {
    Axes axis = -1;
    double epsilon = 1e-5;
  };
  static constexpr const char* args[] = {"x", "scale?"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes over which the squares are averaged"),
      field<&Attrs::epsilon>("epsilon", "what is added to the mean of the squares")};
  static constexpr auto doc =
      "x / sqrt(mean(x ** 2) + epsilon) over axes, then times scale, which broadcasts against x (Zhang and Sennrich, "
      "2019).";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError where scale does not broadcast to it, IndexError for an axis that x does "
      "not "
      "have.";
  static constexpr auto example =
      ">>> kn.rms_norm(kn.asarray([3.0, 4.0]), epsilon=0.0)\n"
      "array([0.848528 , 1.1313707])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    a.axis = axes_from_end(a.axis, in.shape(0));
    if (in.in.size() > 1 && !(broadcast(in.shape(1), in.shape(0)) == in.shape(0)))
      throw ShapeError(to_string(in.shape(1)) + " does not broadcast to " + to_string(in.shape(0)));
  }
  static Array body(Array x, Array scale, const Attrs& a) {
    Array wide = widened(x);
    Array y = wide * rsqrt(mean(square(wide), {.axis = a.axis, .keepdims = true}) + a.epsilon);
    if (scale.defined()) y = y * widened(scale);
    return cast(y, {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<RmsNorm>({{{2, 3}}, {{3}}}), sample<RmsNorm>({{{2, 3, 4}}}, {.axis = {-2, -1}, .epsilon = 0.1})};
  }
  static constexpr Onnx onnx{"RMSNormalization", 23};
};

}  // namespace koine::ops
