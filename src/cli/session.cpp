#include "cli/session.h"

#include "base/format.h"
#include "train/fit.h"
#include "train/sources.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace koine::cli {

namespace {

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
  std::ifstream file(arguments.config, std::ios::binary);
  std::string changes;
  for (const std::string& assignment : overrides_of(arguments)) changes += assignment + "\n";
  io::Metadata notes{{"config", std::string{std::istreambuf_iterator<char>(file), {}}},
                     {"overrides", changes},
                     {config_note, config_beside(arguments, config)}};
  if (code) notes.emplace_back("table", train::to_json(*code));
  return notes;
}

nn::Stack load_model(const RunArguments& arguments, const train::Config& config, const train::BuiltModel& model) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", file, ": make them with  koine train ", arguments.config));
  return io::load(file, train::first_values(model.stack, config.train.seed));
}

std::optional<train::TableCode> code_of(const RunArguments& arguments, const train::Config& config) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", file, ": make them with  koine train ", arguments.config));
  for (const auto& [name, text] : io::metadata(file))
    if (name == "table") return train::code_from(text, file);
  if (!train::has_columns(config) && train::kind_of(config.data.file) != train::SourceKind::text) return {};
  throw FormatError(cat(file, " was made from a table of numbers alone; train again with this config"));
}

std::string class_name(const std::optional<train::TableCode>& code, int64_t number) {
  const auto place = static_cast<size_t>(number);
  return code && place < code->classes.size() ? code->classes[place] : cat(number);
}

}  // namespace koine::cli
