// The optimiser of a config.
#pragma once

#include "train/config.h"

#include <koine/lbfgs.h>
#include <koine/optim.h>

namespace koine::train {

/// In the order of the alternatives of OptimizerConfig.
using Optimizer = std::variant<optim::Adam, optim::AdamW, optim::Sgd, optim::Adamax, optim::Rmsprop, optim::Adagrad,
                               optim::Adadelta, optim::Lion, optim::Lbfgs>;

/// How many epochs lr rises for; 0 for a schedule without a warm-up.
double warmup_of(const TrainConfig& config);

/// How often the weights change in an epoch of so many batches.
int64_t updates_per_epoch(const TrainConfig& config, int64_t batches);

/// The optimiser with its schedule and groups, before its first step. `factor` times the learning rate: what a plateau
/// made of it. Throws ValueError for groups that name no weight at the first step.
Optimizer make_optimizer(const TrainConfig& config, int64_t batches, double factor = 1);
/// Changes the learning rate of a running one.
void set_rate(Optimizer& optimizer, const TrainConfig& config, int64_t batches, double factor);

}  // namespace koine::train
