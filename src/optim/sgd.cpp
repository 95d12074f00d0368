#include "optim/state.h"

namespace koine::optim {

void Sgd::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  if (options.momentum != 0) prepare_each(velocity, leaves, "Sgd");
}

void Sgd::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    Array g = decayed(leaves[i], options.weight_decay);
    if (options.momentum != 0) {
      velocity[i] = velocity[i] * options.momentum + g;
      g = options.nesterov ? g + velocity[i] * options.momentum : velocity[i];
    }
    p = p - g * rate.of(leaves[i]);
  }
}

}  // namespace koine::optim
