// From the settings of one layer to layers of a model.
#pragma once

#include "train/config.h"

#include <koine/stack.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace koine::train {

/// What a layer is built for.
struct LayerPlace {
  /// Of one example of each value that it takes.
  std::vector<Shape> inputs;
  /// Whether some layer of the model walks along steps, so that two axes are a sequence.
  bool sequences = false;
  /// Whether it takes the examples themselves.
  bool is_input = false;
  /// How many numbers the data's text has; 0 for none.
  int64_t vocabulary = 0;
  /// The largest number that it may be given, where it is known.
  std::optional<double> largest = {};
  /// Throws ConfigError "LAYER gets SHAPE, " and the message.
  std::function<void(std::string_view message)> fail;
};

struct LayerParts {
  /// The first takes the inputs, each other one what the one before gives.
  std::vector<nn::Layer> layers;
  /// Of one example.
  Shape output;
  /// What a summary says beside the kind: " 32, relu".
  std::string detail;
  /// Additions and multiplications for one example, forwards.
  int64_t flops = 0;
};

/// Builds any layer but a block.
LayerParts build_layer(const LayerSettings& settings, const LayerPlace& place);

}  // namespace koine::train
