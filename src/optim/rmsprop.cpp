#include "optim/state.h"

namespace koine::optim {

void Rmsprop::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  prepare_each(square, leaves, "Rmsprop");
  if (options.centered) prepare_each(mean, leaves, "Rmsprop");
  if (options.momentum != 0) prepare_each(velocity, leaves, "Rmsprop");
}

void Rmsprop::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    const Array g = decayed(leaves[i], options.weight_decay);
    square[i] = moved(square[i], g * g, 1 - options.alpha);
    Array variance = square[i];
    if (options.centered) {
      mean[i] = moved(mean[i], g, 1 - options.alpha);
      // Rounding may bring it below zero.
      variance = maximum(variance - mean[i] * mean[i], 0);
    }
    Array step = g / (sqrt(variance) + options.epsilon);
    if (options.momentum != 0) step = velocity[i] = velocity[i] * options.momentum + step;
    p = p - step * rate.of(leaves[i]);
  }
}

}  // namespace koine::optim
