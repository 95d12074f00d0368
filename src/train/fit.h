// From a config to a run of `fit` (<koine/train.h>), and to what a model says.
#pragma once

#include "train/config.h"
#include "train/examples.h"

#include <koine/stack.h>
#include <koine/train.h>

namespace koine::train {

/// The model with first values, which follow from the config's seed. Throws ConfigError at the layer with the most
/// parameters when they are more than the machine's memory holds.
nn::Stack first_values(const Config& config, const BuiltModel& model);

/// A path without .safetensors: what is written beside the weights begins with it. Other endings are part of a name, as
/// in "run.1" and "run.2".
std::string stem_of(const std::string& weights);

/// How many batches all training examples make.
int64_t steps_per_epoch(const Config& config, const Examples& examples);

/// The folder beside the output where a run's checkpoints lie.
std::string checkpoint_folder(const Config& config);

/// What the config says of a run, watched by its validation. It shows nothing and keeps no checkpoints until told to.
/// Throws ConfigError for a figure to watch that the run does not have.
FitOptions fit_options(const Config& config, const Examples& examples);

/// Trains a model that has first values: it then has those that the run ends with. The same config gives the same run,
/// bit for bit, however often it was stopped on the way. Throws ConfigError that names the first setting that is
/// another one than a checkpoint was made with, and what <koine/train.h> throws.
History fit(const Config& config, const Examples& examples, nn::Stack& model, const FitOptions& options);

/// The figures of a model on examples, in evaluation: the loss first, then what the config asks for, errors in
/// what the labels are measured in (see Examples::unit).
Figures evaluate(const Config& config, const Examples& examples, const data::Dataset& rows, const nn::Stack& model);

/// What the model gives for examples, a batch at a time: probabilities of the classes for a loss over classes, the
/// number itself for others; (examples, outputs) or (examples).
Array predict(const Config& config, const Array& x, const nn::Stack& model);

}  // namespace koine::train
