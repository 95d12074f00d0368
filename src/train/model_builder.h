// From the layers of a config to a model, checked against the examples that it will see.
#pragma once

#include "train/config.h"

#include <koine/stack.h>

#include <optional>
#include <string>
#include <vector>

namespace koine::train {

/// What a model is built for: what its examples are, and what it has to give.
struct ModelFacts {
  /// Of one example.
  Shape example;
  /// How many classes the loss tells apart, 0 when it learns quantities; -1 leaves the last layer unchecked.
  int64_t classes = -1;
  /// Of one label; empty for a single one.
  Shape label = {};
  /// Of text: how many numbers stand for it, 0 for what sequences are filled up with. 0 for data without.
  int64_t vocabulary = 0;
  /// The largest number of the examples, where it is known.
  std::optional<double> largest = {};
};

/// A layer of the config as it was built.
struct BuiltLayer {
  /// "3", or within a block "3.1".
  std::string place;
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

/// Throws ConfigError that names the layer, its place, what it gets and what would fit.
BuiltModel build_model(const Config& config, const ModelFacts& facts);

}  // namespace koine::train
