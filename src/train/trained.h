// What weights note of how they were made: what was done to the data then is what is done to data now.
#pragma once

#include "train/config.h"
#include "train/data_notes.h"
#include "train/table.h"

#include <koine/io.h>

#include <cstdint>
#include <optional>
#include <string>

namespace koine::train {

/// What is absent is not noted: weights may come from elsewhere.
struct Trained {
  /// Where the weights are, for errors; empty for a run that begins.
  std::string file = {};
  std::optional<TableCode> code = {};
  std::optional<DataNotes> data = {};
  /// As it was used, with what the command line changed.
  std::optional<Config> config = {};
};

/// The notes of a run: the config's text and what the command line changed, and what is known of its examples.
io::Metadata trained_notes(const std::string& config, const std::vector<std::string>& overrides,
                           const std::optional<TableCode>& code, const DataNotes& data);

/// Reads them back. Throws FormatError for notes that are damaged, and for weights of other data than the config's (see
/// check_code).
Trained trained_from(const io::Metadata& notes, const Config& config, const std::string& file);

/// Throws ConfigError with the first setting that is another one than when the weights were trained, of those that say
/// what is done to data, or of those that make the model.
enum class Settings : uint8_t { data, model };
void check_settings(const Trained& trained, const Config& config, Settings which);

/// The settings that say which rows a model is trained on and judged by, as far as they differ: the first one, else
/// "data.test".
std::string changed_split(const Trained& trained, const Config& config);

}  // namespace koine::train
