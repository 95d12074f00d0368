#include "nn/filled.h"

#include <koine/nn/norm.h>

namespace koine::nn {

namespace {

bool is_half(DType dtype) { return dtype == float16 || dtype == bfloat16; }
Array widened(const Array& x) { return is_half(x.dtype()) ? cast(x, {.dtype = float32}) : x; }
// What was computed of x widened, in x's dtype.
Array as_before(const Array& y, const Array& x) { return is_half(x.dtype()) ? cast(y, {.dtype = x.dtype()}) : y; }

}  // namespace

Array LayerNorm::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return layer_norm(x, filled(scale, "LayerNorm"), bias, {.epsilon = epsilon});
}

Array BatchNorm::operator()(const Arg& arg, Context& context) const {
  SourceScope scope(arg.where());
  if (!arg.is_array()) throw ShapeError("[BatchNorm] takes an array" + at_line());
  const Array& x = arg.array();
  filled(scale, "BatchNorm");
  if (x.rank() == 0 || !(x.shape().back() == Dim(size)))
    throw ShapeError("[BatchNorm] takes (..., " + std::to_string(size) + "), got shape " + to_string(x.shape()) +
                     (x.rank() > 2 && same(x.shape()[1], size)
                          ? ", which looks like (batch, channels, ...): moveaxis(x, 1, -1) brings the channels last"
                          : "") +
                     at_line());
  if (!context.training()) return as_before(batch_norm(x, scale, bias, mean, variance, {.epsilon = epsilon}), x);
  Ints axes;
  int64_t examples = 1;
  for (int d = 0; d + 1 < x.rank(); ++d) {
    axes.push_back(d);
    examples *= x.size(d);
  }
  if (examples < 2)
    throw ShapeError("[BatchNorm] training needs more than one value a channel, got shape " + to_string(x.shape()) +
                     ": leave out a last batch that is smaller (drop_last), or take another size of batch" + at_line());
  // Statistics of 16 bits would stand still long before they are those of the batches.
  const Array wide = widened(x);
  Array batch_mean = koine::mean(wide, {.axis = axes}), batch_variance = koine::var(wide, {.axis = axes});
  auto mix = [&](const State& old, const Array& now) {
    const Array before = widened(old);
    context.update(old, stop_gradient(before + (now - before) * momentum));
  };
  mix(mean, batch_mean);
  mix(variance, batch_variance * (static_cast<double>(examples) / static_cast<double>(examples - 1)));
  return as_before(batch_norm(wide, scale, bias, batch_mean, batch_variance, {.epsilon = epsilon}), x);
}

Array GroupNorm::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  filled(scale, "GroupNorm");
  if (!arg.is_array() || arg.array().rank() < 2 || !same(arg.array().shape().back(), size) || groups < 1 ||
      size % groups != 0)
    throw ShapeError("[GroupNorm] takes (batch, ..., " + std::to_string(size) + ") and " + std::to_string(groups) +
                     " groups that divide the channels" +
                     (arg.is_array() ? ", got shape " + to_string(arg.array().shape()) : "") + at_line());
  const Array& x = arg.array();
  Shape grouped = x.shape();
  grouped.back() = groups;
  grouped.push_back(size / groups);
  Array parts = reshape(x, {.shape = grouped});
  Ints axes{parts.rank() - 1};
  for (int axis = 1; axis + 2 < parts.rank(); ++axis) axes.push_back(axis);
  return reshape(layer_norm(parts, {.axis = axes, .epsilon = epsilon}), {.shape = x.shape()}) * scale + bias;
}

Array RmsNorm::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return rms_norm(x, filled(scale, "RmsNorm"), {.epsilon = epsilon});
}

Standardize Standardize::of(const Array& examples) {
  const Array rows = reshape(cast(examples, {.dtype = float64}), {.shape = {-1, examples.shape().back()}});
  const Array middle = koine::mean(rows, {.axis = 0});
  const Array spread = sqrt(koine::mean(square(rows - middle), {.axis = 0}));
  Standardize layer{.size = examples.size(-1)};
  layer.mean = cast(middle, {.dtype = float32});
  layer.deviation = cast(where(spread > 0, spread, 1), {.dtype = float32});
  return layer;
}

Array Standardize::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return (x - mean) / deviation;
}

}  // namespace koine::nn
