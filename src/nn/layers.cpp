#include <koine/stack.h>

#include <iterator>

namespace koine::nn {

namespace {

struct Named {
  const char* name;
  Array (*function)(const Array& x);
};
constexpr Named activations[] = {
    {"relu", [](const Array& x) { return relu(x); }},       {"gelu", [](const Array& x) { return gelu(x); }},
    {"silu", [](const Array& x) { return silu(x); }},       {"tanh", [](const Array& x) { return tanh(x); }},
    {"sigmoid", [](const Array& x) { return sigmoid(x); }}, {"softmax", [](const Array& x) { return softmax(x); }},
    {"identity", [](const Array& x) { return x; }},
};

const Array& filled(const Param& param, const char* layer) {
  if (!param.defined())
    throw ValueError(std::string("[") + layer +
                     "] its parameters have no values: make the model with nn::init(model, key)" + at_line());
  return param;
}

}  // namespace

Array Linear::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  Array y = matmul(x, filled(weight, "Linear"));
  return use_bias ? y + bias : y;
}

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
                     at_line());
  Array batch_mean = koine::mean(x, {.axis = axes}), batch_variance = koine::var(x, {.axis = axes});
  auto mix = [&](const State& old, const Array& now) {
    context.update(old, stop_gradient(old + (now - old) * momentum));
  };
  mix(mean, batch_mean);
  mix(variance, batch_variance * (static_cast<double>(examples) / static_cast<double>(examples - 1)));
  return batch_norm(x, scale, bias, batch_mean, batch_variance, {.epsilon = epsilon});
}

Array Dropout::operator()(const Arg& x, Context& context) const {
  SourceScope scope(x.where());
  if (!context.training() || rate == 0) return identity(x);
  return dropout(x, context.next_key(), {.rate = rate});
}

Array Embedding::operator()(const Arg& indices) const {
  SourceScope scope(indices.where());
  return embedding(filled(weight, "Embedding"), indices);
}

Array MaxPool::operator()(const Arg& x) const {
  return max_pool(x, {.window = window, .stride = stride.empty() ? window : stride, .padding = padding});
}
Array AveragePool::operator()(const Arg& x) const {
  return average_pool(x, {.window = window, .stride = stride.empty() ? window : stride, .padding = padding});
}

Array Flatten::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  if (!arg.is_array() || arg.array().rank() == 0)
    throw ShapeError("[Flatten] takes an array with a batch axis" + at_line());
  const Shape& shape = arg.array().shape();
  Shape rest(shape.begin() + 1, shape.end());
  return reshape(arg, {.shape = {shape[0], count(rest)}});
}

Activation::Activation(std::string name) : name_(std::move(name)) {
  for (const Named& known : activations)
    if (name_ == known.name) return;
  std::string text = "[activation] no function is called '" + name_ + "'; there are:";
  for (const Named& known : activations) text += std::string(" ") + known.name;
  throw ValueError(text);
}

Array Activation::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  Array x = arg.is_array() ? arg.array() : scalar_array(arg.number());
  for (const Named& known : activations)
    if (name_ == known.name) return known.function(x);
  return x;
}

Array Stack::operator()(const Arg& x, Context& context) const {
  SourceScope scope(x.where());
  Array y = x.is_array() ? x.array() : scalar_array(x.number());
  for (const Layer& layer : layers) y = std::visit([&](const auto& one) { return apply(one, y, context); }, layer);
  return y;
}
Array Stack::operator()(const Arg& x) const {
  Context context;
  return (*this)(x, context);
}

}  // namespace koine::nn
