#pragma once
#include <koine/nn/model.h>

/// Layers that bring values to mean 0 and variance 1.
namespace koine::nn {

/// Normalises the last axis, then scales and shifts it (Ba et al. 2016).
struct LayerNorm {
  int64_t size = 0;
  double epsilon = 1e-5;
  Param scale{{size}, constant(1)};
  Param bias{{size}, constant(0)};

  Array operator()(const Arg& x) const;
};

/// Normalises every channel (the last axis) by the batch in training, and by the running statistics otherwise
/// (Ioffe and Szegedy 2015). The running variance is the unbiased one, as in PyTorch.
struct BatchNorm {
  int64_t size = 0;
  double epsilon = 1e-5;
  /// How much of the batch's statistics the running ones take over at each step.
  double momentum = 0.1;
  Param scale{{size}, constant(1)};
  Param bias{{size}, constant(0)};
  State mean{{size}, constant(0)};
  State variance{{size}, constant(1)};

  Array operator()(const Arg& x, Context& context) const;
};

/// Normalises groups of channels (the last axis) over all positions of each example (Wu and He, 2018). With as many
/// groups as channels it is instance normalisation.
struct GroupNorm {
  int64_t groups = 1, size = 0;
  double epsilon = 1e-5;
  Param scale{{size}, constant(1)};
  Param bias{{size}, constant(0)};

  Array operator()(const Arg& x) const;
};

/// Brings every channel (the last axis) to the mean 0 and the deviation 1 of examples that were seen before: what inputs
/// are measured in then does not matter. Part of the model, so that new examples are treated the same.
struct Standardize {
  int64_t size = 0;
  State mean{{size}, constant(0)};
  State deviation{{size}, constant(1)};

  /// For the channels of some examples, over all other axes; a channel that is the same everywhere is only shifted.
  static Standardize of(const Array& examples);
  Array operator()(const Arg& x) const;
};

/// x / sqrt(mean(x^2) + epsilon) over the last axis, then scaled (Zhang and Sennrich, 2019).
struct RmsNorm {
  int64_t size = 0;
  double epsilon = 1e-6;
  Param scale{{size}, constant(1)};

  Array operator()(const Arg& x) const;
};

}  // namespace koine::nn
