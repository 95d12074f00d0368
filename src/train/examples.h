// The examples that a config names.
#pragma once

#include "train/config.h"

#include <koine/data.h>

#include <string>

namespace koine::train {

struct Examples {
  data::Dataset train;
  /// Without x when the config names no test rows.
  data::Dataset test;
  /// Without x when there is no validation.
  data::Dataset validation;
  /// Of one example.
  Shape shape;
  /// How many classes the labels name; 0 when they are quantities.
  int64_t classes = 0;
  /// How many rows are both trained on and tested on.
  int64_t in_both = 0;
};

/// Reads, shapes and cuts the data of a config, and checks its labels against the loss. Throws ConfigError with the
/// place of the setting that does not fit the file, and FormatError for a file that is no table of numbers.
Examples load_examples(const Config& config);

/// Examples from another file for a model that takes `shape`: a table with the same columns, with or without the label.
/// Throws FormatError when there are others, and what `data::csv` throws.
Array load_inputs(const Config& config, const std::string& file, const Shape& shape);

}  // namespace koine::train
