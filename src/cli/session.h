// What the commands that take a config share.
#pragma once

#include "cli/commands.h"
#include "train/config.h"
#include "train/examples.h"
#include "train/model_builder.h"
#include "train/trained.h"

#include <koine/io.h>
#include <koine/stack.h>

#include <optional>
#include <string>

namespace koine::cli {

/// The config with what the command line changed.
train::Config config_of(const RunArguments& arguments);

/// What the weights of a run note of it: see train/trained.h; and the config's name.
io::Metadata notes_of(const RunArguments& arguments, const train::Config& config, const train::Examples& examples);
/// The note that names the config, and the name: its path from the folder of the weights.
inline constexpr const char* config_note = "config_file";
std::string config_beside(const RunArguments& arguments, const train::Config& config);

/// The file of the weights: what --weights names, else the config's output.
std::string weights_of(const RunArguments& arguments, const train::Config& config);

/// How the weights were made. Throws IoError when there are none, with the command that makes them, FormatError for
/// those of other data than the config's, and ConfigError for a config that does something else to data.
train::Trained trained_of(const RunArguments& arguments, const train::Config& config);

/// The model for such data, with the values that it was trained to. Throws FormatError for weights, or a code of
/// theirs, that do not fit, and ConfigError for a config with another model.
nn::Stack load_model(const train::Config& config, const train::ModelFacts& facts, const train::Trained& trained);

/// Says on standard error what people should know of a command's data.
void tell(const std::string& remark);

/// The name of a class, or its number.
std::string class_name(const std::optional<train::TableCode>& code, int64_t number);

}  // namespace koine::cli
