#include "optim/state.h"

namespace koine::optim {

void Adamax::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  prepare_each(mean, leaves, "Adamax");
  prepare_each(norm, leaves, "Adamax");
}

void Adamax::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  const Scalar correction = Scalar(1) - pow(options.beta1, rate.count());
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    const Array g = decayed(leaves[i], options.weight_decay);
    mean[i] = moved(mean[i], g, 1 - options.beta1);
    norm[i] = maximum(norm[i] * options.beta2, abs(g) + options.epsilon);
    p = p - mean[i] * (rate.of(leaves[i]) / correction) / norm[i];
  }
}

}  // namespace koine::optim
