#include "nn/filled.h"

#include <koine/nn/norm.h>

namespace koine::nn {

Array LayerNorm::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return layer_norm(x, filled(scale, "LayerNorm"), bias, {.epsilon = epsilon});
}

Array BatchNorm::operator()(const Arg& arg, Context& context) const {
  SourceScope scope(arg.where());
  if (!arg.is_array()) throw ShapeError("[BatchNorm] takes an array" + at_line());
  const Array& x = arg.array();
  filled(scale, "BatchNorm");
  if (!context.training()) return batch_norm(x, scale, bias, mean, variance, {.epsilon = epsilon});
  Ints axes;
  int64_t examples = 1;
  for (int d = 0; d + 1 < x.rank(); ++d) {
    axes.push_back(d);
    examples *= x.size(d);
  }
  if (examples < 2)
    throw ShapeError("[BatchNorm] training needs more than one value a channel, got shape " + to_string(x.shape()) +
                     ": leave out a last batch that is smaller (drop_last), or take another size of batch" + at_line());
  // In float32 at least: the variance of half-precision numbers may be beyond them.
  const bool narrow = x.dtype() == float16 || x.dtype() == bfloat16;
  const Array wide = narrow ? cast(x, {.dtype = float32}) : x;
  Array batch_mean = koine::mean(wide, {.axis = axes}), batch_variance = koine::var(wide, {.axis = axes});
  auto mix = [&](const State& old, const Array& now) {
    context.update(old, cast(stop_gradient(old + (now - old) * momentum), {.dtype = old.dtype()}));
  };
  mix(mean, batch_mean);
  mix(variance, batch_variance * (static_cast<double>(examples) / static_cast<double>(examples - 1)));
  return cast(batch_norm(wide, scale, bias, batch_mean, batch_variance, {.epsilon = epsilon}), {.dtype = x.dtype()});
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
