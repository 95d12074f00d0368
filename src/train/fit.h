// The loops over batches: training and judging.
#pragma once

#include "train/config.h"
#include "train/examples.h"
#include "train/progress.h"

#include <koine/stack.h>

#include <functional>

namespace koine::train {

/// How a model does on examples.
struct Score {
  /// The mean over the examples.
  double loss = 0;
  /// The part of the examples whose class has the highest score; for quantities it has no meaning.
  double accuracy = 0;
};

/// The model with first values, which follow from the seed.
nn::Stack first_values(nn::Stack model, int64_t seed);

/// Trains a model by the config's loss, optimizer, epochs and batch, and tells `progress` after each step. After a step
/// it asks `stop`, and ends when that is true. False when it was stopped.
bool fit(const Config& config, const data::Dataset& examples, nn::Stack& model, Progress& progress,
         const std::function<bool()>& stop);

/// The score in evaluation, a batch at a time.
Score evaluate(const Config& config, const data::Dataset& examples, const nn::Stack& model);

/// What the model gives for examples, a batch at a time: probabilities of the classes for a loss over classes, the
/// number itself for others. Row-major, an example a row.
std::vector<float> predict(const Config& config, const Array& x, const nn::Stack& model);

}  // namespace koine::train
