// The losses that a config names: what they compare, and the figures that go with them.
#pragma once

#include "train/config.h"
#include "train/progress.h"

#include <koine/array.h>

namespace koine::train {

/// Whether a loss compares scores of classes with labels; others compare quantities.
bool has_classes(const TrainConfig& config);

/// What a step is judged by.
struct Judged {
  /// The mean over the batch.
  Array loss;
  /// How many examples are right; 0 for quantities.
  Array right;
};
Judged judge(const TrainConfig& config, const Array& output, const Array& y);

/// Of all outputs: accuracy or r2, and what the config's `metrics` name. One of y is so many `unit`s of what people
/// measure.
std::vector<Metric> figures(const TrainConfig& config, const Array& output, const Array& y, double unit);

/// What is shown of outputs: probabilities of classes, or the quantities.
Array predicted(const TrainConfig& config, const Array& output);

}  // namespace koine::train
