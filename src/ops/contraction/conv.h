#pragma once
#include "ops/family/convolution.h"

#include <koine/ops.h>

namespace koine::ops {

struct Conv : Contraction {
  static constexpr const char* args[] = {"x", "w"};
  struct Attrs {
    Ints stride = {};
    Padding padding = {};
    Ints dilation = {};
    int64_t groups = 1;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::stride>("stride",
                            "from one place of the window to the next: a number for all spatial axes, or for each"),
      field<&Attrs::padding>(
          "padding",
          "zeros added around: a number for all sides, one for each spatial axis, or (low, high) for "
          "each; or 'same' or 'valid'"),
      field<&Attrs::dilation>("dilation", "distance of the window's taps, for all spatial axes or for each"),
      field<&Attrs::groups>("groups", "parts of the channels that are convolved by themselves")};
  static constexpr auto doc =
      "Convolution over 1 to 3 spatial axes, channels last: x (batch, spatial..., channels) with w (window..., "
      "channels / "
      "groups, outputs) gives (batch, places..., outputs). The window is not flipped.";
  static constexpr auto shapes =
      "places = (spatial + padding - window) / stride + 1, rounded down; ShapeError for a window that does not fit "
      "or channels that differ.";
  static constexpr auto example =
      ">>> kn.conv(kn.reshape(kn.asarray([1.0, 2.0, 4.0, 8.0]), (1, 4, 1)), kn.ones((2, 1, 1)))[0, :, 0]\n"
      "array([ 3.,  6., 12.])";
  static void normalize(Attrs& a, const TypeInput& in) {
    check_convolution_ranks(in);
    convolution_normalize(a.stride, a.padding, a.dilation, a.groups, spatial_of(in.shape(0)), window_of(in.shape(1)));
  }
  static ConvolutionAttrs view(const Attrs& a) { return {a.stride, a.padding.list(), a.dilation, a.groups}; }
  static TypeValue infer(const TypeInput& in, const Attrs& a) { return convolution_infer(in, view(a)); }
  static Array transpose_1(const RuleInput& node, const Attrs& a, const Array& ct, const Array& w) {
    return conv_input_grad(ct, w, {spatial_of(node.in[0].shape()), a.stride, a.padding.list(), a.dilation, a.groups});
  }
  static Array transpose_2(const RuleInput& node, const Attrs& a, const Array& ct, const Array& x) {
    return conv_weight_grad(x, ct, {window_of(node.in[1].shape()), a.stride, a.padding.list(), a.dilation, a.groups});
  }
  static constexpr ConvolutionRole roles[] = {ConvolutionRole::x, ConvolutionRole::w, ConvolutionRole::y};
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    return {convolution_vmap(node, roles, a.groups,
                             [](const BatchInput& node, const Array& x1, const Array& x2, int64_t groups) {
                               Attrs attrs = detail::attrs_of<Conv>(node.attrs);
                               attrs.groups = groups;
                               return record<Conv>({x1, x2}, attrs);
                             })};
  }
  static void reference(const KernelInput& kernel, const Attrs& a) { convolution_reference(kernel, view(a)); }
  static std::vector<Sample> samples() {
    return {sample<Conv>({{{2, 5, 2}}, {{3, 2, 3}}}, {{2}, {1, 0}, {1}, 1}),
            sample<Conv>({{{1, 4, 5, 4}}, {{2, 3, 2, 4}}}, {{1, 2}, {1, 1, 0, 2}, {2, 1}, 2}),
            sample<Conv>({{{1, 3, 2, 3, 1}}, {{2, 2, 1, 1, 2}}}, {{1, 1, 1}, {0, 0, 0, 0, 0, 0}, {1, 1, 1}, 1})};
  }
  static constexpr Onnx onnx{"Conv", 11};
};

}  // namespace koine::ops
