#include "nn/filled.h"

#include <koine/nn/linear.h>

#include <iterator>

namespace koine::nn {

namespace {

// Klambauer et al., 2017.
constexpr double selu_slope = 1.6732632423543772848170429916717, selu_scale = 1.0507009873554804934193349852946;

struct Named {
  const char* name;
  Array (*function)(const Array& x);
};
constexpr Named activations[] = {
    {"relu", [](const Array& x) { return relu(x); }},
    {"gelu", [](const Array& x) { return gelu(x); }},
    {"silu", [](const Array& x) { return silu(x); }},
    {"tanh", [](const Array& x) { return tanh(x); }},
    {"sigmoid", [](const Array& x) { return sigmoid(x); }},
    {"softmax", [](const Array& x) { return softmax(x); }},
    {"log_softmax", [](const Array& x) { return log_softmax(x); }},
    {"leaky_relu", [](const Array& x) { return where(x > 0, x, x * 0.01); }},
    {"elu", [](const Array& x) { return where(x > 0, x, expm1(minimum(x, 0))); }},
    {"selu", [](const Array& x) { return where(x > 0, x, expm1(minimum(x, 0)) * selu_slope) * selu_scale; }},
    {"softplus", [](const Array& x) { return logaddexp(x, 0); }},
    {"mish", [](const Array& x) { return x * tanh(logaddexp(x, 0)); }},
    {"relu6", [](const Array& x) { return clip(x, 0, 6); }},
    {"hardswish", [](const Array& x) { return x * clip(x + 3, 0, 6) / 6; }},
    {"softsign", [](const Array& x) { return x / (1 + abs(x)); }},
    {"identity", [](const Array& x) { return x; }},
};

}  // namespace

Array Linear::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  Array y = matmul(x, filled(weight, "Linear"));
  return use_bias ? y + bias : y;
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

Array Flatten::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  if (!arg.is_array() || arg.array().rank() == 0)
    throw ShapeError("[Flatten] takes an array with a batch axis" + at_line());
  const Shape& shape = arg.array().shape();
  Shape rest(shape.begin() + 1, shape.end());
  return reshape(arg, {.shape = {shape[0], count(rest)}});
}

std::vector<std::string> Activation::names() {
  std::vector<std::string> all;
  for (const Named& known : activations) all.emplace_back(known.name);
  return all;
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

}  // namespace koine::nn
