#pragma once
#include "ops/family/convolution.h"

#include <koine/ops.h>

namespace koine::ops {

struct ConvInputGrad : Contraction {
  static constexpr const char* args[] = {"ct", "w"};
  struct Attrs {
    Shape input_shape = {};
    Ints stride = {};
    Ints padding = {};
    Ints dilation = {};
    int64_t groups = 1;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::input_shape>("input_shape", "the spatial sizes of the convolution's x"),
      field<&Attrs::stride>("stride", "that of the convolution"),
      field<&Attrs::padding>("padding", "that of the convolution"),
      field<&Attrs::dilation>("dilation", "that of the convolution"),
      field<&Attrs::groups>("groups", "that of the convolution")};
  static constexpr auto doc =
      "The transpose of conv(x, w) by x, a transposed convolution: ct (batch, places..., outputs) with w (window..., "
      "channels / groups, outputs) gives (batch, input_shape..., channels).";
  static constexpr auto shapes = "ShapeError where the shapes are not those of such a convolution.";
  static constexpr auto example =
      ">>> kn.conv_input_grad(kn.ones((1, 3, 1)), kn.ones((2, 1, 1)), input_shape=[4])[0, :, 0]\n"
      "array([1., 2., 2., 1.])";
  static void normalize(Attrs& a, const TypeInput& in) {
    convolution_normalize(a.stride, a.padding, a.dilation, a.groups, in.in[0]->rank());
  }
  static ConvolutionAttrs view(const Attrs& a) { return {a.stride, a.padding, a.dilation, a.groups}; }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    return convolution_input_infer(in, view(a), a.input_shape);
  }
  static Array transpose_1(const RuleInput&, const Attrs& a, const Array& ct, const Array& w) {
    return conv(ct, w, {a.stride, a.padding, a.dilation, a.groups});
  }
  static Array transpose_2(const RuleInput& node, const Attrs& a, const Array& ct, const Array& y) {
    return conv_weight_grad(ct, y, {window_of(node.in[1].shape()), a.stride, a.padding, a.dilation, a.groups});
  }
  static constexpr ConvolutionRole roles[] = {ConvolutionRole::y, ConvolutionRole::w, ConvolutionRole::x};
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    return {convolution_vmap(node, roles, a.groups,
                             [](const BatchInput& node, const Array& x1, const Array& x2, int64_t groups) {
                               Attrs attrs = detail::attrs_of<ConvInputGrad>(node.attrs);
                               attrs.groups = groups;
                               return record<ConvInputGrad>({x1, x2}, attrs);
                             })};
  }
  static void reference(const KernelInput& kernel, const Attrs& a) { convolution_input_reference(kernel, view(a)); }
  static std::vector<Sample> samples() {
    return {sample<ConvInputGrad>({{{2, 2, 3}}, {{3, 2, 3}}}, {{5}, {2}, {1, 0}, {1}, 1}),
            sample<ConvInputGrad>({{{1, 4, 3, 4}}, {{2, 3, 2, 4}}}, {{4, 5}, {1, 2}, {1, 1, 0, 2}, {2, 1}, 2}),
            sample<ConvInputGrad>({{{1, 2, 1, 3, 2}}, {{2, 2, 1, 1, 2}}},
                                  {{3, 2, 3}, {1, 1, 1}, {0, 0, 0, 0, 0, 0}, {1, 1, 1}, 1})};
  }
  static constexpr Onnx onnx{"ConvTranspose", 11};
};

}  // namespace koine::ops
