// Examples that a model is asked about.
#pragma once

#include "train/trained.h"

#include <koine/dim.h>

#include <string>
#include <vector>

namespace koine::train {

/// The rows of a table, the lines of a text, the images of a folder or the examples of an array, in their order. Each
/// has an answer, or a reason why it has none.
struct Inputs {
  /// Those that could be read; undefined when none could.
  Array x = {};
  /// What is wrong with each of all, empty for those of x.
  std::vector<std::string> problems = {};
  /// Of all, for images; else empty.
  std::vector<std::string> files = {};
  /// What people should know of them besides.
  std::vector<std::string> remarks = {};
};

/// Reads them for a model that takes `shape`: a table with the columns that the weights name, with or without the
/// label, else with as many as the model takes; all images below a folder; an array. Lines of a table that are blank
/// have no answer, nor has what is damaged, where the config says to skip it; else damage is an error. Throws
/// FormatError for other examples than the weights were trained on, and what reading throws.
Inputs load_inputs(const Config& config, const std::string& file, const Shape& shape, const Trained& trained = {});

}  // namespace koine::train
