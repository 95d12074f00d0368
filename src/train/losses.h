// The losses that a config names: what they compare, and the figures that go with them.
#pragma once

#include "train/config.h"

#include <koine/stack.h>
#include <koine/train.h>

#include <vector>

namespace koine::train {

/// Whether a loss takes labels that are classes; others compare quantities.
bool has_classes(const TrainConfig& config);
/// Whether what the model gives are probabilities of classes, once `predicted` is through with it.
bool predicts_classes(const TrainConfig& config);

/// The config's loss of a model, for `fit` and `evaluate`.
class ConfigLoss {
 public:
  /// `class_weights` is undefined for all the same.
  ConfigLoss(const Config& config, Array class_weights)
      : config_(config),
        class_weights_(std::move(class_weights)),
        line_(config.line("train.loss", config.train.loss)) {}
  Judged operator()(const nn::Stack& model, const Batch& batch, nn::Context& context) const;

 private:
  /// The mean over the batch.
  Judged of(const Array& output, const Batch& batch) const;
  /// Of losses that have a number for each example, or each place of it: these, times the weights of classes.
  Array each(const Array& output, const Array& y) const;
  Array class_weight(const Array& y) const;

  const Config& config_;
  Array class_weights_;
  std::source_location line_;
};

/// Accuracy or r2, and what the config's `metrics` name. One of y is so many `unit`s of what people measure.
std::vector<Metric> metrics_of(const TrainConfig& config, double unit);

/// What is shown of outputs: probabilities of classes, or the quantities.
Array predicted(const TrainConfig& config, const Array& output);

}  // namespace koine::train
