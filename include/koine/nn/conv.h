#pragma once
#include <koine/nn/model.h>

/// Layers with windows over 1 to 3 spatial axes, channels last. What is said of a window is one number for all spatial
/// axes, or one for each; the kernel of a convolution has one for each, because its weights have these axes.
namespace koine::nn {

/// Convolution of (batch, spatial..., in) with a window of the given sizes, to (batch, spatial..., out).
struct Conv {
  int64_t in = 0, out = 0;
  Ints kernel = {3, 3};
  Ints stride = {};
  /// (low, high) for each spatial axis, one number for both sides of each or for all, or "same" or "valid".
  Padding padding = {};
  Ints dilation = {};
  int64_t groups = 1;
  bool use_bias = true;
  Param weight{weight_shape(kernel, in / groups, out), fan_in_uniform(fan_in(kernel, in / groups))};
  Param bias = use_bias ? Param{{out}, fan_in_uniform(fan_in(kernel, in / groups))} : Param{};

  Array operator()(const Arg& x) const;

  static Shape weight_shape(const Ints& kernel, int64_t in, int64_t out);
  static int64_t fan_in(const Ints& kernel, int64_t in);
};
/// The padding that keeps the size at stride 1.
Ints same_padding(const Ints& kernel, const Ints& dilation = {});

/// The transpose of a convolution by its input: (batch, spatial..., in) to (batch, larger..., out), with
/// (n - 1) * stride - low - high + dilation * (kernel - 1) + 1 + output_padding positions from n.
struct ConvTranspose {
  int64_t in = 0, out = 0;
  Ints kernel = {3, 3};
  Ints stride = {};
  /// As Conv's, in numbers.
  Ints padding = {};
  /// Positions at the end of each axis that only some inputs reach: with a stride several sizes are possible.
  Ints output_padding = {};
  Ints dilation = {};
  int64_t groups = 1;
  bool use_bias = true;
  Param weight{Conv::weight_shape(kernel, out / groups, in), fan_in_uniform(Conv::fan_in(kernel, out / groups))};
  Param bias = use_bias ? Param{{out}, fan_in_uniform(Conv::fan_in(kernel, out / groups))} : Param{};

  Array operator()(const Arg& x) const;
};

/// The largest value of each window.
struct MaxPool {
  Ints window = {2, 2};
  /// The window's when empty.
  Ints stride = {};
  Padding padding = {};
  Ints dilation = {};
  /// Also a last window that is not filled.
  bool ceil_mode = false;

  Array operator()(const Arg& x) const;
};
/// The mean of each window; padding is not counted unless `count_include_pad`.
struct AveragePool {
  Ints window = {2, 2};
  Ints stride = {};
  Padding padding = {};
  Ints dilation = {};
  bool ceil_mode = false;
  bool count_include_pad = false;

  Array operator()(const Arg& x) const;
};

/// The mean, or the largest value, of each of so many parts of the spatial axes, whatever their lengths.
struct AdaptiveAveragePool {
  Ints size = {1, 1};

  Array operator()(const Arg& x) const;
};
struct AdaptiveMaxPool {
  Ints size = {1, 1};

  Array operator()(const Arg& x) const;
};

/// (batch, spatial..., channels) to (batch, channels): the mean over all positions.
struct GlobalAveragePool {
  Array operator()(const Arg& x) const;
};
/// The same with the largest value.
struct GlobalMaxPool {
  Array operator()(const Arg& x) const;
};

}  // namespace koine::nn
