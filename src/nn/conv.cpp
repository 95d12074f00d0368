#include "nn/filled.h"

#include <koine/nn/conv.h>

namespace koine::nn {

namespace {

// Of windows without attributes of their own for some axes.
int64_t or_else(const Ints& numbers, size_t axis, int64_t otherwise) {
  return numbers.empty() ? otherwise : numbers[numbers.size() == 1 ? 0 : axis];
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
  Array y =
      conv(x, filled(weight, "Conv"), {.stride = stride, .padding = padding, .dilation = dilation, .groups = groups});
  return use_bias ? y + bias : y;
}

Ints same_padding(const Ints& kernel, const Ints& dilation) {
  Ints padding;
  for (size_t d = 0; d < kernel.size(); ++d) {
    int64_t reach = (kernel[d] - 1) * (dilation.empty() ? 1 : dilation[d]);
    padding.push_back(reach / 2);
    padding.push_back(reach - reach / 2);
  }
  return padding;
}

Array ConvTranspose::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  const size_t axes = kernel.size();
  if (!x.is_array() || static_cast<size_t>(x.array().rank()) != axes + 2)
    throw ShapeError("[ConvTranspose] takes (batch, spatial..., channels) with " + std::to_string(axes) +
                     " spatial axes" + at_line());
  Shape result;
  for (size_t axis = 0; axis < axes; ++axis) {
    const int64_t low = padding.empty() ? 0 : padding[padding.size() == 1 ? 0 : 2 * axis];
    const int64_t high = padding.empty() ? 0 : padding[padding.size() == 1 ? 0 : 2 * axis + 1];
    const Dim places = x.array().shape()[static_cast<int>(axis) + 1];
    result.push_back((places - 1) * or_else(stride, axis, 1) - low - high +
                     or_else(dilation, axis, 1) * (kernel[axis] - 1) + 1 + or_else(output_padding, axis, 0));
  }
  Array y = conv_input_grad(
      x, filled(weight, "ConvTranspose"),
      {.input_shape = result, .stride = stride, .padding = padding, .dilation = dilation, .groups = groups});
  return use_bias ? y + bias : y;
}

Array MaxPool::operator()(const Arg& x) const {
  return max_pool(x, {.window = window, .stride = stride.empty() ? window : stride, .padding = padding});
}
Array AveragePool::operator()(const Arg& x) const {
  return average_pool(x, {.window = window, .stride = stride.empty() ? window : stride, .padding = padding});
}

Array GlobalAveragePool::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return mean(x, {.axis = spatial_axes(x, "GlobalAveragePool")});
}
Array GlobalMaxPool::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return max(x, {.axis = spatial_axes(x, "GlobalMaxPool")});
}

}  // namespace koine::nn
