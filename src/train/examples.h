// The examples that a config names.
#pragma once

#include "train/config.h"
#include "train/model_builder.h"
#include "train/trained.h"

#include <koine/data.h>

#include <optional>
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
  /// Of one label; empty for a single number.
  Shape label = {};
  /// How many rows are both trained on and tested on.
  int64_t in_both = 0;
  /// Rows left out because they have no label.
  int64_t unlabelled = 0;
  /// How the columns of a table became numbers, or the names of classes alone; absent for a table of numbers.
  std::optional<TableCode> code = {};
  /// What was wrong with rows and images that were left out.
  std::vector<std::string> damaged = {};
  /// What people should know of them besides.
  std::vector<std::string> remarks = {};
  /// What the weights note of them.
  DataNotes data = {};

  /// How much each class counts by the config; undefined for all the same.
  Array class_weights = {};

  /// What a model for them has to take and give.
  ModelFacts facts() const;
  /// How much one of y is in what the labels are measured in; 1 for several, which are measured in many things.
  double unit() const { return code && code->targets.size() == 1 ? code->targets[0].scale : 1; }
};

/// Reads, shapes and cuts the data of a config, and checks its labels against the loss. Throws ConfigError with the
/// place of the setting that does not fit the file, and FormatError for a file that is no such table. How columns,
/// texts and names of classes become numbers is learnt from the training rows, or is what weights note: then the data
/// are to be those that the model takes, and rows to judge by that it was trained on are refused.
Examples load_examples(const Config& config, const Trained& trained = {});

/// Bytes, as images have them, as numbers: times the config's scale, by default 1 / 255. Others as they are.
Array as_input(const Config& config, const Array& x);
/// Others as models take them, when they are read: float32 or 16 bits, times the config's scale.
Array scaled(const Array& x, double scale);
/// Throws FormatError where a file's examples are bytes and those that the weights were trained on were not, or the
/// other way round: then they are at another scale.
void check_bytes(const Trained& trained, bool bytes, const std::string& file);

}  // namespace koine::train
