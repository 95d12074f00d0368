#include "optim/state.h"

/// Adam and AdamW, which differ in their weight decay alone.
namespace koine::optim {

namespace {

template <class O>
void prepare_adam(O& adam, const detail::Leaves& leaves, const char* name) {
  prepare_count(adam.steps);
  prepare_each(adam.mean, leaves, name);
  prepare_each(adam.square, leaves, name);
  if (adam.options.amsgrad) prepare_each(adam.largest, leaves, name);
}

template <class O>
void update_adam(O& adam, detail::Leaves& leaves, bool decay_apart) {
  adam.prepare(leaves);
  const auto& options = adam.options;
  const Rate rate(options.lr, adam.steps);
  const Scalar correction1 = Scalar(1) - pow(options.beta1, rate.count());
  const Scalar root2 = sqrt(Scalar(1) - pow(options.beta2, rate.count()));
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].grad.defined()) continue;
    const Scalar lr = rate.of(leaves[i]);
    const Array p = decay_apart ? shrunk(leaves[i], lr, options.weight_decay) : *leaves[i].param;
    const Array g = decay_apart ? leaves[i].grad : decayed(leaves[i], options.weight_decay);
    Array& mean = adam.mean[i];
    Array& square = adam.square[i];
    mean = moved(mean, g, 1 - options.beta1);
    square = moved(square, g * g, 1 - options.beta2);
    if (options.amsgrad) adam.largest[i] = maximum(adam.largest[i], square);
    const Array root = sqrt(options.amsgrad ? adam.largest[i] : square) / root2 + options.epsilon;
    *leaves[i].param = p - mean * (lr / correction1) / root;
  }
}

}  // namespace

void Adam::prepare(const detail::Leaves& leaves) { prepare_adam(*this, leaves, "Adam"); }
void Adam::update(detail::Leaves leaves) { update_adam(*this, leaves, false); }
void AdamW::prepare(const detail::Leaves& leaves) { prepare_adam(*this, leaves, "AdamW"); }
void AdamW::update(detail::Leaves leaves) { update_adam(*this, leaves, true); }

}  // namespace koine::optim
