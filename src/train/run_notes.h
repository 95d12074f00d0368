// What a checkpoint notes of a run besides its arrays.
#pragma once

#include "io/file_value.h"

#include <koine/train.h>

#include <string>
#include <vector>

namespace koine::train {

/// What a run is, as far as its notes have to fit it.
struct RunSize {
  /// Batches of an epoch.
  int64_t steps = 1;
  /// Sums that are kept: the loss and the metrics that are shown while training.
  int64_t sums = 1;
  /// Whether an average of the weights is kept.
  bool averages = false;
};

/// As JSON. `numbers_from` throws FormatError for what is no state of such a run; `plateau.options` stay as they
/// are.
std::string to_json(const RunNumbers& numbers);
void numbers_from(const io::FileValue& note, const RunSize& run, RunNumbers& numbers);

/// The figures of the epochs so far; `epochs_from` throws likewise.
std::string to_json(const std::vector<EpochFigures>& epochs);
std::vector<EpochFigures> epochs_from(const io::FileValue& note);

}  // namespace koine::train
