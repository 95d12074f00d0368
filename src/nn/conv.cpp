#include "nn/filled.h"

#include <koine/nn/conv.h>

namespace koine::nn {

namespace {

// One number for each axis, of one for all or as many.
Ints per_axis(const Ints& numbers, size_t axes, int64_t otherwise, const char* layer, const char* what) {
  if (numbers.empty()) return Ints(axes, otherwise);
  if (numbers.size() == 1) return Ints(axes, numbers[0]);
  if (numbers.size() != axes)
    throw ValueError(std::string("[") + layer + "] " + what + " has " + std::to_string(numbers.size()) +
                     " numbers for " + std::to_string(axes) + " spatial axes: give one for all, or one for each" +
                     at_line());
  return numbers;
}
// (low, high) for each axis.
Ints pads_per_axis(const Ints& padding, size_t axes, const char* layer) {
  if (padding.size() == 2 * axes) return padding;
  Ints pads;
  for (const int64_t both : per_axis(padding, axes, 0, layer, "padding")) pads.insert(pads.end(), {both, both});
  return pads;
}

// x has the spatial axes of the kernel.
void check_axes(const Arg& x, const Ints& kernel, const char* layer) {
  if (x.is_array() && x.array().shape().size() == kernel.size() + 2) return;
  std::string sizes;
  for (const int64_t n : kernel) sizes += (sizes.empty() ? "" : ", ") + std::to_string(n);
  throw ShapeError(std::string("[") + layer + "] a kernel [" + sizes + "] takes (batch, spatial..., channels) with " +
                   std::to_string(kernel.size()) + " spatial axes" +
                   (x.is_array() ? ", got shape " + to_string(x.array().shape()) : "") +
                   ": the kernel has a size for each, as [3, 3] for images" + at_line());
}

Axes spatial_axes(const Arg& x, const char* layer) {
  if (!x.is_array() || x.array().rank() < 3)
    throw ShapeError(std::string("[") + layer + "] takes (batch, spatial..., channels)" + at_line());
  Ints axes;
  for (int axis = 1; axis + 1 < x.array().rank(); ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace

Shape Conv::weight_shape(const Ints& kernel, int64_t in, int64_t out) {
  Shape shape(kernel);
  shape.push_back(in);
  shape.push_back(out);
  return shape;
}
int64_t Conv::fan_in(const Ints& kernel, int64_t in) {
  for (int64_t n : kernel) in *= n;
  return in;
}
Array Conv::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  check_axes(x, kernel, "Conv");
  Array y =
      conv(x, filled(weight, "Conv"), {.stride = stride, .padding = padding, .dilation = dilation, .groups = groups});
  return use_bias ? y + bias : y;
}

Ints same_padding(const Ints& kernel, const Ints& dilation) {
  const Ints spread = per_axis(dilation, kernel.size(), 1, "same_padding", "dilation");
  Ints padding;
  for (size_t d = 0; d < kernel.size(); ++d) {
    int64_t reach = (kernel[d] - 1) * spread[d];
    padding.push_back(reach / 2);
    padding.push_back(reach - reach / 2);
  }
  return padding;
}

Array ConvTranspose::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  check_axes(x, kernel, "ConvTranspose");
  const size_t axes = kernel.size();
  const char* layer = "ConvTranspose";
  const Ints steps = per_axis(stride, axes, 1, layer, "stride"),
             spread = per_axis(dilation, axes, 1, layer, "dilation"),
             added = per_axis(output_padding, axes, 0, layer, "output_padding"),
             pads = pads_per_axis(padding, axes, layer);
  Shape result;
  for (size_t axis = 0; axis < axes; ++axis) {
    const Dim places = x.array().shape()[static_cast<int>(axis) + 1];
    result.push_back((places - 1) * steps[axis] - pads[2 * axis] - pads[2 * axis + 1] +
                     spread[axis] * (kernel[axis] - 1) + 1 + added[axis]);
  }
  Array y =
      conv_input_grad(x, filled(weight, layer),
                      {.input_shape = result, .stride = steps, .padding = pads, .dilation = spread, .groups = groups});
  return use_bias ? y + bias : y;
}

Array MaxPool::operator()(const Arg& x) const {
  return max_pool(
      x, {.window = window, .stride = stride, .padding = padding, .dilation = dilation, .ceil_mode = ceil_mode});
}
Array AveragePool::operator()(const Arg& x) const {
  return average_pool(x, {.window = window,
                          .stride = stride,
                          .padding = padding,
                          .dilation = dilation,
                          .ceil_mode = ceil_mode,
                          .count_include_pad = count_include_pad});
}
Array AdaptiveAveragePool::operator()(const Arg& x) const { return adaptive_average_pool(x, {.size = size}); }
Array AdaptiveMaxPool::operator()(const Arg& x) const { return adaptive_max_pool(x, {.size = size}); }

Array GlobalAveragePool::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return mean(x, {.axis = spatial_axes(x, "GlobalAveragePool")});
}
Array GlobalMaxPool::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return max(x, {.axis = spatial_axes(x, "GlobalMaxPool")});
}

}  // namespace koine::nn
