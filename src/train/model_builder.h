// From the layers of a config to a model, checked against the examples that it will see.
#pragma once

#include "train/config.h"

#include <koine/stack.h>

#include <string>
#include <vector>

namespace koine::train {

/// A layer of the config as it was built.
struct BuiltLayer {
  /// "conv 32, relu".
  std::string name;
  /// Of one example.
  Shape output;
  int64_t parameters = 0;
  /// Additions and multiplications for one example, forwards.
  int64_t flops = 0;
};

struct BuiltModel {
  /// Its parameters have no values yet: `nn::init` gives them.
  nn::Stack stack;
  std::vector<BuiltLayer> layers;

  int64_t parameters() const;
  int64_t flops() const;
  /// What a step takes, about: weights, their gradients and the optimiser's state, and what the layers give for a batch
  /// and its gradients.
  int64_t training_bytes(const TrainConfig& config) const;
};

/// Builds the model for examples of a shape. `classes` is how many the loss tells apart, or 0 when it learns a
/// quantity; -1 leaves the last layer unchecked. Throws ConfigError that names the layer, its place, what it gets and
/// what would fit.
BuiltModel build_model(const Config& config, const Shape& example, int64_t classes);

}  // namespace koine::train
