// All that a run has become: what a checkpoint holds.
#pragma once

#include "train/optimizer.h"

#include <koine/gradients.h>
#include <koine/io.h>
#include <koine/stack.h>

#include <limits>

namespace koine::train {

/// Sums over examples of what single batches give as means and counts.
struct Sums {
  double loss = 0, right = 0;
  int64_t examples = 0;
};

/// The arrays of a run, a tree.
struct RunArrays {
  nn::Stack model;
  Optimizer optimizer;
  optim::Average<nn::Stack> average;
  /// The weights with the best validation so far; without values before the first.
  nn::Stack best;
};

struct RunState {
  RunArrays arrays;
  /// Batches seen, in all epochs.
  int64_t step = 0;
  /// Of the epoch that runs.
  Sums sums;
  optim::Plateau plateau;
  /// The best value of the metric that is watched, and the epochs since.
  double best = std::numeric_limits<double>::quiet_NaN();
  int64_t epochs_since_best = 0;
  /// It stopped before its last epoch because the validation got no better.
  bool stopped_early = false;

  /// The weights that are judged: the average, if one is kept, else the last ones.
  const nn::Stack& judged() const { return arrays.average.begun ? arrays.average.model : arrays.model; }
  /// What a run leaves: the best weights when there was a validation, else those that are judged.
  const nn::Stack& result() const;
};

/// The beginning of a run of so many batches an epoch.
RunState begin_run(const Config& config, nn::Stack model, int64_t batches);

/// The notes of a checkpoint: the numbers of the state, and what the run was made from, to be checked on resuming.
io::Metadata notes_of(const Config& config, const RunState& state, int64_t examples);
/// Reads a checkpoint into a state that `begin_run` made. Throws ConfigError that names the first setting that is
/// another one than the checkpoint was made with, FormatError for a file that is no checkpoint, and IoError.
void load_run(const Config& config, const std::string& file, int64_t examples, int64_t batches, RunState& state);

}  // namespace koine::train
