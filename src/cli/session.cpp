#include "cli/session.h"

#include "base/format.h"
#include "base/input_file.h"
#include "base/printable.h"
#include "io/file_value.h"
#include "train/fit.h"

#include <algorithm>
#include <filesystem>

namespace koine::cli {

namespace {

constexpr const char* table_note = "table";

std::vector<std::string> overrides_of(const RunArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.seed) overrides.push_back(cat("train.seed=", *arguments.seed));
  return overrides;
}

}  // namespace

std::string weights_of(const RunArguments& arguments, const train::Config& config) {
  return arguments.weights.empty() ? config.train.output : arguments.weights;
}

train::Config config_of(const RunArguments& arguments) {
  return train::read_config(arguments.config, overrides_of(arguments));
}

std::string config_beside(const RunArguments& arguments, const train::Config& config) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path folder = fs::path(config.train.output).parent_path();
  return fs::proximate(arguments.config, folder.empty() ? "." : folder, ignored).generic_string();
}

io::Metadata notes_of(const RunArguments& arguments, const train::Config& config,
                      const std::optional<train::TableCode>& code) {
  std::string changes;
  for (const std::string& assignment : overrides_of(arguments)) changes += assignment + "\n";
  io::Metadata notes{{"config", read_whole(arguments.config, train::most_config_bytes)},
                     {"overrides", changes},
                     {config_note, config_beside(arguments, config)}};
  if (code) notes.emplace_back(table_note, train::to_json(*code));
  return notes;
}

std::optional<train::TableCode> code_of(const RunArguments& arguments, const train::Config& config) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", printable_name(file), ": make them with  koine train ",
                      printable_name(arguments.config)));
  const io::Metadata notes = io::metadata(file);
  std::optional<train::TableCode> code;
  if (io::find_note(notes, table_note)) code = train::code_from(io::FileValue::note(notes, table_note, file));
  train::check_code(code, config, file);
  return code;
}

nn::Stack load_model(const RunArguments& arguments, const train::Config& config, const train::ModelFacts& facts,
                     const std::optional<train::TableCode>& code) {
  const std::string file = weights_of(arguments, config);
  // By what the file notes first: what it names too much is not the config's fault.
  train::ModelFacts unchecked = facts;
  unchecked.classes = -1;
  const train::BuiltModel model = train::build_model(config, unchecked);
  if (code) train::check_outputs(*code, config, model.layers.back().output, file);
  if (facts.classes >= 0) train::build_model(config, facts);
  // Values are made before they are compared with the file's; those of a size that is a lie are not.
  constexpr int64_t always_made = int64_t{1} << 28;
  const int64_t held = static_cast<int64_t>(std::filesystem::file_size(file));
  if (model.parameters() > std::max(held, always_made))
    throw FormatError(cat(printable_name(file), ": has ", held, " bytes, too few for the ", model.parameters(),
                          " parameters of the model that the config and its notes describe"));
  return io::load(file, train::first_values(config, model));
}

std::string class_name(const std::optional<train::TableCode>& code, int64_t number) {
  const auto place = static_cast<size_t>(number);
  return code && place < code->classes.size() ? code->classes[place] : cat(number);
}

}  // namespace koine::cli
