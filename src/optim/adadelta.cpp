#include "optim/state.h"

namespace koine::optim {

void Adadelta::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  prepare_each(square, leaves, "Adadelta");
  prepare_each(change, leaves, "Adadelta");
}

void Adadelta::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    const Array g = decayed(leaves[i], options.weight_decay);
    square[i] = moved(square[i], g * g, 1 - options.rho);
    const Array delta = sqrt(change[i] + options.epsilon) / sqrt(square[i] + options.epsilon) * g;
    change[i] = moved(change[i], delta * delta, 1 - options.rho);
    p = p - delta * rate.of(leaves[i]);
  }
}

}  // namespace koine::optim
