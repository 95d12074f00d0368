// Which rows are trained on, watched and tested.
#pragma once

#include "train/config.h"

#include <koine/attr.h>

namespace koine::train {

/// The numbers of rows.
struct RowSplit {
  Ints train, validation, test;
  /// Rows left out because they have no label.
  int64_t unlabelled = 0;
  /// How many rows are both trained on and tested on.
  int64_t in_both = 0;
};

/// Splits the rows that are labelled as the config's `train`, `test` and `validate` say; parts are drawn by the seed
/// from the training rows, the test first. Throws ConfigError at the setting that leaves nothing.
RowSplit split_rows(const Config& config, const std::vector<bool>& labelled);

}  // namespace koine::train
