#include "train/config.h"

#include "base/format.h"
#include "base/location.h"
#include "base/printable.h"
#include "data/text_source.h"
#include "train/sections/sections.h"

#include <algorithm>
#include <filesystem>

namespace koine::train {

namespace {

constexpr std::string_view sections[] = {"data", "model", "train"};

// A path in the config starts at the config's folder, one on the command line at the current one.
void resolve_path(std::string& path, const Value& source, std::string_view key, const std::string& file) {
  const Place& place = find_place(source, key);
  if (!place.in_file()) return;
  path = (std::filesystem::path(file).parent_path() / path).string();
}

bool is_data_name(std::string_view path) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  for (const std::string_view end : {".csv", ".tsv", ".tab", ".txt", ".npy", ".npz", ".safetensors"})
    if (path.ends_with(end)) return true;
  return false;
}

template <class S>
void read_top(const Value& source, const Section<S>& section, S& to, Problems& problems) {
  const Value* table = source.find(section.name);
  if (table)
    read_section(*table, find_place(source, section.name), section, to, {section.name, problems});
  else
    problems.add(source.place, cat("[", section.name, "], ", section.doc, ", is missing"));
}

// What needs a gradient, where the optimizer takes the loss itself.
void check_optimizer(const Config& config, Problems& problems) {
  const TrainConfig& train = config.train;
  if (!std::holds_alternative<optim::LbfgsOptions>(train.optimizer)) return;
  const auto refuse = [&](bool given, std::string_view setting, std::string_view why) {
    if (given) problems.add(find_place(config.source, setting), cat(setting, " is not for lbfgs: ", why));
  };
  refuse(train.accumulate > 1, "train.accumulate", "a step looks at one batch again and again; take a larger batch");
  refuse(train.precision != "float32", "train.precision", "small differences of the loss guide it; it takes float32");
  const std::string_view no_clip = "the line search bounds its moves, no gradient is clipped";
  refuse(train.clip_norm > 0, "train.clip_norm", no_clip);
  refuse(train.clip_value > 0, "train.clip_value", no_clip);
  if (!train.groups.empty())
    refuse(true, train.groups[0].place, "it moves all weights along one direction and has no weight decay");
}

}  // namespace

std::pair<int64_t, int64_t> RowRange::resolve(int64_t rows) const {
  const auto position = [rows](int64_t row) { return std::clamp<int64_t>(row < 0 ? row + rows : row, 0, rows); };
  const int64_t first = position(start);
  return {first, std::max(first, stop ? position(*stop) : rows)};
}

void Config::fail(std::string_view path, std::string_view message) const {
  throw ConfigError(cat(to_string(find_place(source, path)), ": ", printable_line(message)));
}

std::source_location Config::line(std::string_view path, std::string_view kind) const {
  return location_of(
      cat(to_string(find_place(source, path)), ": ", printable_name(path), " (", printable_name(kind), ")"));
}

Config parse_config(std::string_view text, const std::string& file, std::span<const std::string> overrides) {
  Config config;
  config.source = parse_config_text(text, file);
  for (const std::string& assignment : overrides) override_value(config.source, assignment);
  Problems problems;
  for (const Entry& entry : *config.source.get<Value::Table>())
    if (std::find(std::begin(sections), std::end(sections), entry.key) == std::end(sections))
      problems.add(entry.place,
                   cat("unknown section '", entry.key, "'",
                       did_you_mean(entry.key, sections).empty() ? "; a config has [data], [[model]] and [train]"
                                                                 : did_you_mean(entry.key, sections)));
  read_top(config.source, data_section(), config.data, problems);
  if (const Value* model = config.source.find("model"))
    read_layers(*model, config.model.layers, {"model", problems});
  else
    problems.add(config.source.place, "the model is missing: its layers, each under [[model]]");
  read_top(config.source, train_section(), config.train, problems);
  check_optimizer(config, problems);
  if (!data::is_encoding(config.data.encoding))
    problems.add(find_place(config.source, "data.encoding"),
                 cat("data.encoding: the system knows no '", printable_name(config.data.encoding),
                     "'; usual ones are \"utf-8\", \"latin-1\", \"windows-1252\" and \"utf-16\""));
  problems.throw_if_any();
  resolve_path(config.data.file, config.source, "data.file", file);
  if (!config.data.labels.empty()) resolve_path(config.data.labels, config.source, "data.labels", file);
  resolve_path(config.train.output, config.source, "train.output", file);
  return config;
}

std::string config_text(const std::string& path) {
  return data::read_all(*data::open_text(path), path, most_config_bytes);
}

Config read_config(const std::string& path, std::span<const std::string> overrides) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(path, ignored);
  if (folder || (is_data_name(path) && std::filesystem::is_regular_file(path, ignored)))
    throw IoError(cat(printable_name(path), folder ? " is a folder" : " holds data",
                      " and no config; write one for it with  koine new ", printable_name(path)));
  return parse_config(config_text(path), path, overrides);
}

std::vector<SectionInfo> config_sections() {
  std::vector<SectionInfo> all{info_of(data_section())};
  all.push_back(info_of(layer_section()));
  for (const auto& choice : layer_choices()) all.push_back(choice.info);
  all.push_back(info_of(train_section()));
  all.push_back(info_of(group_section()));
  for (const auto& choice : optimizer_choices()) all.push_back(choice.info);
  for (const auto& choice : schedule_choices()) all.push_back(choice.info);
  return all;
}

std::string_view layer_kind(const LayerSettings& layer) { return layer_choices()[layer.index()].kind; }

std::string_view optimizer_kind(const OptimizerConfig& optimizer) {
  return optimizer_choices()[optimizer.index()].kind;
}

}  // namespace koine::train
