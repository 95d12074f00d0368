#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct LayerNorm : Composite {
  struct Attrs {
    Axes axis = -1;
    double epsilon = 1e-5;
  };
  static constexpr const char* args[] = {"x", "scale?", "bias?"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes over which mean and variance are taken"),
      field<&Attrs::epsilon>("epsilon", "what is added to the variance")};
  static constexpr auto doc =
      "(x - mean) / sqrt(variance + epsilon) over axes, then times scale plus bias, which broadcast against x "
      "(Ba, Kiros and Hinton, 2016).";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError where scale or bias does not broadcast to it, IndexError for an axis "
      "that x does not have.";
  static constexpr auto example =
      ">>> kn.layer_norm(kn.asarray([[1.0, 3.0], [2.0, 6.0]]))\n"
      "array([[-0.999995 ,  0.999995 ],\n"
      "       [-0.9999988,  0.9999988]])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    a.axis = axes_from_end(a.axis, in.shape(0));
    for (size_t i = 1; i < in.in.size(); ++i)
      if (!(broadcast(in.in[i]->shape, in.shape(0)) == in.shape(0)))
        throw ShapeError(to_string(in.in[i]->shape) + " does not broadcast to " + to_string(in.shape(0)));
  }
  static Array body(Array x, Array scale, Array bias, const Attrs& a) {
    Array wide = widened(x);
    Array centred = wide - mean(wide, {.axis = a.axis, .keepdims = true});
    Array y = centred * rsqrt(mean(square(centred), {.axis = a.axis, .keepdims = true}) + a.epsilon);
    if (scale.defined()) y = y * widened(scale);
    if (bias.defined()) y = y + widened(bias);
    return cast(y, {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<LayerNorm>({{{2, 3}}, {{3}}, {{3}}}), sample<LayerNorm>({{{2, 3, 4}}, {{3, 4}}}, {.axis = {-2, -1}}),
            sample<LayerNorm>({{{5}}}, {.epsilon = 0.1})};
  }
  static constexpr Onnx onnx{"LayerNormalization", 17};
};

}  // namespace koine::ops
