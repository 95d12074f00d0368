#pragma once
#include "timing.h"

#include <koine/koine.h>

#include <memory>

namespace bench {

/// Steps of training a model, a plain loop without jit: `loss(model)` is a scalar.
template <class M, class O, class F>
Run training(M model, O optimiser, F loss) {
  auto last = std::make_shared<koine::Array>();
  return {[=]() mutable {
            auto [value, grad] = koine::value_and_grad(loss, model);
            optimiser.step(model, grad);
            *last = value;
            last->data();
          },
          [last] { return last->item<double>(); }};
}

}  // namespace bench
