#pragma once
#include "ops/family/contraction.h"
#include "ops/family/window.h"

/// Convolution and its two gradients. The three share one sum over x (batch, spatial..., channels),
/// w (window..., channels / groups, outputs) and y (batch, places..., outputs):
///   sum of x[n, place * stride - low + tap * dilation, c] * w[tap, c, o] * y[n, place, o]
/// and each op is the derivative of that sum by the one array which it does not take. So the derivatives of each are
/// the other two.
namespace koine::ops {

/// Attributes that the three share, canonical: a stride and a dilation per spatial axis, (low, high) padding pairs.
struct ConvolutionAttrs {
  const Ints &stride, &padding, &dilation;
  int64_t groups;
};

/// Which array of the sum.
enum class ConvolutionRole : uint8_t { x, w, y };

/// Brings attributes to that form, for operands of a rank. Throws ValueError.
void convolution_normalize(Ints& stride, Ints& padding, Ints& dilation, int64_t groups, int rank);
/// The same with padding that may be a word; the lengths are those of x, the window that of w. Throws ShapeError too.
void convolution_normalize(Ints& stride, Padding& padding, Ints& dilation, int64_t groups, const Shape& lengths,
                           const Shape& window);
/// The types of the results; throw ShapeError when the operands do not fit.
TypeValue convolution_infer(const TypeInput& in, ConvolutionAttrs attrs);
TypeValue convolution_input_infer(const TypeInput& in, ConvolutionAttrs attrs, const Shape& input_shape);
TypeValue convolution_weight_infer(const TypeInput& in, ConvolutionAttrs attrs, const Shape& kernel);

/// Throws ShapeError unless both have the same number of axes, 3 to 5.
void check_convolution_ranks(const TypeInput& in);

/// The spatial axes of x, or the window of w.
Shape spatial_of(const Shape& x);
Shape window_of(const Shape& w);

/// Batching: the batch becomes part of the axis that all arrays which have it share. `roles` are those of the operands
/// and of the result; `run` records the op with that many groups.
Array convolution_vmap(const BatchInput& node, std::span<const ConvolutionRole> roles, int64_t groups,
                       Array (*run)(const BatchInput& node, const Array& x1, const Array& x2, int64_t groups));

void convolution_reference(const KernelInput& kernel, ConvolutionAttrs attrs);
void convolution_input_reference(const KernelInput& kernel, ConvolutionAttrs attrs);
void convolution_weight_reference(const KernelInput& kernel, ConvolutionAttrs attrs);

}  // namespace koine::ops
