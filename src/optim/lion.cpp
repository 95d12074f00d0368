#include "optim/state.h"

namespace koine::optim {

void Lion::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  prepare_each(mean, leaves, "Lion");
}

void Lion::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    const Array& g = leaves[i].grad;
    const Scalar lr = rate.of(leaves[i]);
    *leaves[i].param = shrunk(leaves[i], lr, options.weight_decay) - sign(moved(mean[i], g, 1 - options.beta1)) * lr;
    mean[i] = moved(mean[i], g, 1 - options.beta2);
  }
}

}  // namespace koine::optim
