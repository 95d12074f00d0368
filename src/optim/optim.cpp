#include <koine/ops.h>
#include <koine/optim.h>

#include <cmath>

namespace koine::optim {

namespace {

// A number as a run-time value of the parameter's dtype: it may change without making a new program.
Array slot(double number, const Array& like) {
  Array x = from(std::vector<double>{number}, {});
  return like.dtype() == float64 ? x : cast(x, {.dtype = like.dtype()});
}

/// State as the first step makes it: zeros like the parameters that have a gradient.
void prepare(std::vector<Array>& state, const std::vector<detail::Pair>& leaves, const char* optimizer) {
  if (state.empty())
    for (const detail::Pair& leaf : leaves) state.push_back(leaf.grad.defined() ? zeros_like(*leaf.param) : Array());
  if (state.size() != leaves.size())
    throw ValueError(std::string("[") + optimizer + "] its state belongs to a model with " +
                     std::to_string(state.size()) + " leaves, this one has " + std::to_string(leaves.size()));
}

}  // namespace

void Sgd::update(std::vector<detail::Pair> leaves) {
  if (options.momentum != 0) prepare(velocity, leaves, "Sgd");
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    Array g = leaves[i].grad;
    if (options.weight_decay != 0) g = g + p * slot(options.weight_decay, p);
    if (options.momentum != 0) {
      velocity[i] = velocity[i] * slot(options.momentum, p) + g;
      g = options.nesterov ? g + velocity[i] * slot(options.momentum, p) : velocity[i];
    }
    p = p - g * slot(options.lr, p);
  }
}

void Adam::update(std::vector<detail::Pair> leaves) {
  prepare(mean, leaves, "Adam");
  prepare(square, leaves, "Adam");
  ++steps;
  double correction1 = 1 - std::pow(options.beta1, static_cast<double>(steps));
  double correction2 = 1 - std::pow(options.beta2, static_cast<double>(steps));
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    Array g = leaves[i].grad;
    if (options.weight_decay != 0) g = g + p * slot(options.weight_decay, p);
    mean[i] = mean[i] * slot(options.beta1, p) + g * slot(1 - options.beta1, p);
    square[i] = square[i] * slot(options.beta2, p) + g * g * slot(1 - options.beta2, p);
    Array step = slot(options.lr / correction1, p);
    p = p - step * mean[i] / (sqrt(square[i]) / slot(std::sqrt(correction2), p) + slot(options.epsilon, p));
  }
}

}  // namespace koine::optim
