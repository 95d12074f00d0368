// Random changes of training images, so that a model learns what does not depend on them.
#pragma once

#include "train/config.h"

#include <koine/data.h>
#include <koine/key.h>

namespace koine::train {

/// A batch (examples, height, width, channels) with what the config's `augment` names, drawn for each example from the
/// key: "flip" left and right, "shift" by up to an eighth of each side (edges are repeated), "crop" to at least three
/// quarters of each side, brought back to the whole size, "rotate" by up to 15 degrees (both take the nearest pixels),
/// "noise" of deviation 0.05, "cut_out" of a square of a quarter of each side, which becomes 0.
Array augmented(const Config& config, const Array& x, const Key& key);

/// A batch of any examples after that, and with "mixup" each mixed with another one by a part drawn from [0, 1), labels
/// that are classes as probabilities (Zhang et al., 2018); with no `classes` they are mixed as they are.
data::Batch changed(const Config& config, const data::Batch& batch, int64_t classes, const Key& key);

/// Throws ConfigError unless what `augment` names can be done with examples of a shape, for the config's loss.
void check_augment(const Config& config, const Shape& example);

}  // namespace koine::train
