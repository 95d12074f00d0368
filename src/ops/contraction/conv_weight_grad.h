#pragma once
#include "ops/family/convolution.h"

#include <koine/ops.h>

namespace koine::ops {

struct ConvWeightGrad : Contraction {
  static constexpr const char* args[] = {"x", "ct"};
  struct Attrs {
    Shape kernel = {};
    Ints stride = {};
    Ints padding = {};
    Ints dilation = {};
    int64_t groups = 1;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::kernel>("kernel", "the sizes of the convolution's window"),
                                             field<&Attrs::stride>("stride", "that of the convolution"),
                                             field<&Attrs::padding>("padding", "that of the convolution"),
                                             field<&Attrs::dilation>("dilation", "that of the convolution"),
                                             field<&Attrs::groups>("groups", "that of the convolution")};
  static constexpr auto doc =
      "The transpose of conv(x, w) by w: x (batch, spatial..., channels) with ct (batch, places..., outputs) gives "
      "(kernel..., channels / groups, outputs).";
  static constexpr auto shapes = "ShapeError where the shapes are not those of such a convolution.";
  static constexpr auto example =
      ">>> kn.conv_weight_grad(kn.reshape(kn.asarray([1.0, 2.0, 4.0, 8.0]), (1, 4, 1)), kn.ones((1, 3, 1)), "
      "kernel=[2])[:, 0, 0]\n"
      "array([ 7., 14.])";
  static void normalize(Attrs& a, const TypeInput& in) {
    convolution_normalize(a.stride, a.padding, a.dilation, a.groups, in.in[0]->rank());
  }
  static ConvolutionAttrs view(const Attrs& a) { return {a.stride, a.padding, a.dilation, a.groups}; }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    return convolution_weight_infer(in, view(a), a.kernel);
  }
  static Array transpose_1(const RuleInput& node, const Attrs& a, const Array& ct, const Array& y) {
    return conv_input_grad(y, ct, {spatial_of(node.in[0].shape()), a.stride, a.padding, a.dilation, a.groups});
  }
  static Array transpose_2(const RuleInput&, const Attrs& a, const Array& ct, const Array& x) {
    return conv(x, ct, {a.stride, a.padding, a.dilation, a.groups});
  }
  static constexpr ConvolutionRole roles[] = {ConvolutionRole::x, ConvolutionRole::y, ConvolutionRole::w};
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    return {convolution_vmap(node, roles, a.groups,
                             [](const BatchInput& node, const Array& x1, const Array& x2, int64_t groups) {
                               Attrs attrs = detail::attrs_of<ConvWeightGrad>(node.attrs);
                               attrs.groups = groups;
                               return record<ConvWeightGrad>({x1, x2}, attrs);
                             })};
  }
  static void reference(const KernelInput& kernel, const Attrs& a) { convolution_weight_reference(kernel, view(a)); }
  static std::vector<Sample> samples() {
    return {sample<ConvWeightGrad>({{{2, 5, 2}}, {{2, 2, 3}}}, {{3}, {2}, {1, 0}, {1}, 1}),
            sample<ConvWeightGrad>({{{1, 4, 5, 4}}, {{1, 4, 3, 4}}}, {{2, 3}, {1, 2}, {1, 1, 0, 2}, {2, 1}, 2}),
            sample<ConvWeightGrad>({{{1, 3, 2, 3, 1}}, {{1, 2, 1, 3, 2}}},
                                   {{2, 2, 1}, {1, 1, 1}, {0, 0, 0, 0, 0, 0}, {1, 1, 1}, 1})};
  }
};

}  // namespace koine::ops
