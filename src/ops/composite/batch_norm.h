#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct BatchNorm : Composite {
  struct Attrs {
    double epsilon = 1e-5;
  };
  static constexpr const char* args[] = {"x", "scale", "bias", "mean", "variance"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::epsilon>("epsilon", "what is added to the variance")};
  static constexpr auto doc =
      "(x - mean) / sqrt(variance + epsilon) * scale + bias with given statistics, one of each per channel; channels "
      "are the last axis (Ioffe and Szegedy, 2015).";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError where x has no last axis or a statistic another length.";
  static constexpr auto example =
      ">>> one, zero = kn.ones(2), kn.zeros(2)\n"
      ">>> kn.batch_norm(kn.asarray([[1.0, 6.0]]), one, zero, mean=one, variance=4 * one, epsilon=0.0)\n"
      "array([[0. , 2.5]])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs&, const TypeInput& in) {
    const Shape& x = in.shape(0);
    for (ir::TypeRef type : in.in.subspan(1))
      if (x.empty() || !(type->shape == Shape{x.back()}))
        throw ShapeError("x " + to_string(x) +
                         " needs a last axis of channels, and statistics with a number for each, " + "got " +
                         to_string(type->shape) +
                         (x.size() > 2 && type->shape.size() == 1 && same(x[1], type->shape[0])
                              ? "; x looks like (batch, channels, ...): moveaxis(x, 1, -1) brings the channels last"
                              : ""));
  }
  static Array body(Array x, Array scale, Array bias, Array mean, Array variance, const Attrs& a) {
    Array slope = widened(scale) * rsqrt(widened(variance) + a.epsilon);
    return cast((widened(x) - widened(mean)) * slope + widened(bias), {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    SampleInput three{{3}}, positive{.shape = {3}, .low = 0.5, .high = 2};
    return {sample<BatchNorm>({{{2, 3}}, three, three, three, positive}),
            sample<BatchNorm>({{{2, 2, 3}}, three, three, three, positive}, {.epsilon = 0.1})};
  }
  static constexpr Onnx onnx{"BatchNormalization", 15};
};

}  // namespace koine::ops
