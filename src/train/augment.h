// Random changes of training images, so that a model learns what does not depend on them.
#pragma once

#include "train/config.h"

#include <koine/key.h>

namespace koine::train {

/// A batch (examples, height, width, channels) with what the config's `augment` names, drawn for each example from the
/// key: "flip" left and right, "shift" by up to an eighth of each side (edges are repeated), "rotate" by up to 15 degrees
/// (the nearest pixels), "noise" of deviation 0.05, "cut_out" of a square of a quarter of each side, which becomes 0.
Array augmented(const Config& config, const Array& x, const Key& key);

}  // namespace koine::train
