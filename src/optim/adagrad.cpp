#include "optim/state.h"

namespace koine::optim {

void Adagrad::prepare(const detail::Leaves& leaves) {
  prepare_count(steps);
  prepare_each(square, leaves, "Adagrad", options.initial);
}

void Adagrad::update(detail::Leaves leaves) {
  prepare(leaves);
  const Rate rate(options.lr, steps);
  const Scalar decay = Scalar(1) + (rate.count() - 1) * options.lr_decay;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    Array& p = *leaves[i].param;
    const Array g = decayed(leaves[i], options.weight_decay);
    square[i] = square[i] + g * g;
    p = p - g * (rate.of(leaves[i]) / decay) / (sqrt(square[i]) + options.epsilon);
  }
}

}  // namespace koine::optim
