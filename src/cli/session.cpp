#include "cli/session.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "train/fit.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

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

io::Metadata notes_of(const RunArguments& arguments, const train::Config& config, const train::Examples& examples) {
  io::Metadata notes =
      train::trained_notes(train::config_text(arguments.config), overrides_of(arguments), examples.code, examples.data);
  const std::string name = config_beside(arguments, config);
  if (is_utf8(name)) notes.emplace_back(config_note, name);
  return notes;
}

train::Trained trained_of(const RunArguments& arguments, const train::Config& config) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", printable_name(file), ": make them with  koine train ",
                      printable_name(arguments.config)));
  train::Trained trained = train::trained_from(io::metadata(file), config, file);
  train::check_settings(trained, config, train::Settings::data);
  return trained;
}

nn::Stack load_model(const train::Config& config, const train::ModelFacts& facts, const train::Trained& trained) {
  const std::string& file = trained.file;
  // By what the file notes first: what it names too much is not the config's fault.
  train::ModelFacts unchecked = facts;
  unchecked.classes = -1;
  const train::BuiltModel model = train::build_model(config, unchecked);
  if (trained.code) train::check_outputs(*trained.code, config, model.layers.back().output, file);
  if (facts.classes >= 0) train::build_model(config, facts);
  // Values are made before they are compared with the file's; those of a size that is a lie are not.
  constexpr int64_t always_made = int64_t{1} << 28;
  const int64_t held = static_cast<int64_t>(std::filesystem::file_size(file));
  if (model.parameters() > std::max(held, always_made))
    throw FormatError(cat(printable_name(file), ": has ", held, " bytes, too few for the ", model.parameters(),
                          " parameters of the model that the config and its notes describe"));
  nn::Stack loaded = io::load(file, train::first_values(config, model));
  // What differs without another shape, as an activation.
  train::check_settings(trained, config, train::Settings::model);
  return loaded;
}

void tell(const std::string& remark) { std::cerr << "koine: note: " << printable_line(remark) << '\n'; }

std::string class_name(const std::optional<train::TableCode>& code, int64_t number) {
  const auto place = static_cast<size_t>(number);
  return code && place < code->classes.size() ? code->classes[place] : cat(number);
}

}  // namespace koine::cli
