#include "train/trained.h"

#include "base/format.h"
#include "base/printable.h"
#include "io/file_value.h"
#include "train/sections/sections.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string_view>

namespace koine::train {

namespace {

constexpr const char *config_note = "config", *overrides_note = "overrides", *table_note = "table", *data_note = "data";

// Settings of [data] that change neither what a row becomes nor what is learnt of it: where rows are, how they are
// read, and which of them are taken.
constexpr std::string_view free_data[] = {"file",   "labels",  "memory",   "expansion", "pixels",         "augment",
                                          "bucket", "damaged", "encoding", "delimiter", "max_categories", "x",
                                          "y",      "train",   "test",     "validate"};
// Those that say which rows are taken.
constexpr std::string_view split_settings[] = {"data.test", "data.train", "data.validate", "train.seed"};

using Values = std::map<std::string, std::string>;

// All settings of a config with their values; those of [data] and [train] that it leaves out with their defaults.
Values settings_of(const Config& config) {
  Values all = flattened(config.source);
  const auto add_defaults = [&](const SectionInfo& section) {
    for (const SettingInfo& setting : section.settings) {
      const std::string path = cat(section.name, ".", setting.name);
      const auto next = all.lower_bound(path);
      const bool given = next != all.end() && (next->first == path || next->first.starts_with(path + "."));
      if (given || setting.fallback.empty()) continue;
      for (const auto& [key, value] : flattened(parse_config_text(cat("v = ", setting.fallback), "")))
        all[path + key.substr(1)] = value;
    }
  };
  add_defaults(info_of(data_section()));
  add_defaults(info_of(train_section()));
  return all;
}

bool is_at(std::string_view path, std::string_view setting) {
  return path == setting || (path.starts_with(setting) && path[setting.size()] == '.');
}

bool counts(std::string_view path, Settings which) {
  if (which == Settings::model) return path.starts_with("model.");
  return is_at(path, "train.loss") ||
         (path.starts_with("data.") && std::none_of(std::begin(free_data), std::end(free_data),
                                                    [&](std::string_view one) { return is_at(path.substr(5), one); }));
}

// The first setting for which two configs differ; empty for none.
template <class Counts>
std::string first_difference(const Values& then, const Values& now, Counts counts) {
  Values both = now;
  both.insert(then.begin(), then.end());
  for (const auto& [path, ignored] : both) {
    if (!counts(path)) continue;
    const auto before = then.find(path), after = now.find(path);
    if (before == then.end() || after == now.end() || before->second != after->second) return path;
  }
  return "";
}

std::string value_of(const Values& settings, const std::string& path) {
  const auto found = settings.find(path);
  return found == settings.end() ? "nothing" : found->second;
}

}  // namespace

io::Metadata trained_notes(const std::string& config, const std::vector<std::string>& overrides,
                           const std::optional<TableCode>& code, const DataNotes& data) {
  io::Metadata notes{
      {config_note, config}, {overrides_note, nlohmann::json(overrides).dump()}, {data_note, to_json(data)}};
  if (code) notes.emplace_back(table_note, to_json(*code));
  return notes;
}

Trained trained_from(const io::Metadata& notes, const Config& config, const std::string& file) {
  Trained trained{.file = file};
  if (io::find_note(notes, table_note)) trained.code = code_from(io::FileValue::note(notes, table_note, file));
  check_code(trained.code, config, file);
  if (io::find_note(notes, data_note)) trained.data = data_notes_from(io::FileValue::note(notes, data_note, file));
  if (const std::string* text = io::find_note(notes, config_note)) {
    std::vector<std::string> overrides;
    if (io::find_note(notes, overrides_note))
      for (const io::FileValue& one : io::FileValue::note(notes, overrides_note, file).list())
        overrides.push_back(one.text());
    trained.config = parse_config(*text, cat(file, ", its note '", config_note, "'"), overrides);
  }
  return trained;
}

void check_settings(const Trained& trained, const Config& config, Settings which) {
  if (!trained.config) return;
  const Values then = settings_of(*trained.config), now = settings_of(config);
  const std::string path = first_difference(then, now, [which](std::string_view one) { return counts(one, which); });
  if (path.empty()) return;
  config.fail(path, cat("the weights ", printable_name(trained.file), " were trained with ", path, " as ",
                        value_of(then, path), ", now it is ", value_of(now, path), "; put it back, or train again"));
}

std::string changed_split(const Trained& trained, const Config& config) {
  const std::string path =
      first_difference(settings_of(*trained.config), settings_of(config), [](std::string_view one) {
        return std::any_of(std::begin(split_settings), std::end(split_settings),
                           [&](std::string_view setting) { return is_at(one, setting); });
      });
  return path.empty() ? "data.test" : path;
}

}  // namespace koine::train
