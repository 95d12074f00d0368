// The loops over batches: training and judging.
#pragma once

#include "train/config.h"
#include "train/examples.h"
#include "train/progress.h"
#include "train/run_state.h"

#include <koine/stack.h>

#include <functional>
#include <span>

namespace koine::train {

/// The model with first values, which follow from the seed.
nn::Stack first_values(nn::Stack model, int64_t seed);

/// What a run does besides learning.
struct Control {
  /// Asked after every step of the optimiser: true ends the run there.
  std::function<bool()> stop = [] { return false; };
  /// Called after every step of the optimiser, before `stop`, with all that the run has become.
  std::function<void(const RunState&)> stepped = [](const RunState&) {};
  /// Called after every epoch with its figures; those of the validation begin with "val_".
  std::function<void(const RunState&, std::span<const Metric>)> epoch = [](const RunState&, std::span<const Metric>) {};
};

/// Goes on with a run until its last epoch, or until `patience` ends it, by the config's loss, optimizer, epochs and
/// batch; tells `progress` after each batch. False when it was stopped. The same state gives the same run, bit for bit,
/// however often it was stopped on the way. Throws ValueError when the loss is no longer a number.
bool fit(const Config& config, const Examples& examples, RunState& run, Progress& progress,
         const Control& control = {});

/// The figures of a model on examples, in evaluation: the loss first, then what the config asks for, errors in
/// what the labels are measured in (see Examples::unit).
std::vector<Metric> evaluate(const Config& config, const data::Dataset& examples, const nn::Stack& model,
                             double unit = 1);

/// What the model gives for examples, a batch at a time: probabilities of the classes for a loss over classes, the
/// number itself for others; (examples, outputs) or (examples).
Array predict(const Config& config, const Array& x, const nn::Stack& model);

}  // namespace koine::train
