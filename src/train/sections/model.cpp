#include "train/sections/shared.h"

#include <algorithm>
#include <array>

namespace koine::train {

namespace {

using Kinds = std::vector<const Choice<LayerSettings>*>;

constexpr std::array<std::string_view, 3> common = {"name", "inputs", "repeat"};

bool is_common(std::string_view key) { return std::find(common.begin(), common.end(), key) != common.end(); }

// The kinds that the keys of a layer name. A key that is a setting of another of them is no kind: most layers have an
// activation, some have dropout inside.
Kinds kinds_of(const Value& layer) {
  Kinds named, found;
  for (const auto& choice : layer_choices())
    if (layer.find(choice.kind)) named.push_back(&choice);
  const auto has = [](const Choice<LayerSettings>& choice, std::string_view name) {
    return std::any_of(choice.info.settings.begin(), choice.info.settings.end(),
                       [&](const SettingInfo& setting) { return setting.name == name; });
  };
  for (const auto* choice : named)
    if (std::none_of(named.begin(), named.end(),
                     [&](const auto* other) { return other != choice && has(*other, choice->kind); }))
      found.push_back(choice);
  return found;
}

bool is_kind(std::string_view key) {
  for (const auto& choice : layer_choices())
    if (choice.kind == key) return true;
  return false;
}

// An activation takes nothing else, so further keys mean another layer whose name is wrong or missing.
bool is_only_activation(const Value& layer, const Kinds& kinds) {
  const auto& entries = *layer.get<Value::Table>();
  return kinds.size() == 1 && kinds[0]->kind == "activation" &&
         std::count_if(entries.begin(), entries.end(), [](const Entry& entry) { return !is_common(entry.key); }) > 1;
}

void report_no_kind(const Value& layer, const Reading& at) {
  std::vector<std::string_view> kinds;
  for (const auto& choice : layer_choices()) kinds.push_back(choice.kind);
  std::string list;
  for (const std::string_view kind : kinds) list += cat(list.empty() ? "" : ", ", kind);
  for (const Entry& entry : *layer.get<Value::Table>()) {
    const std::string guess = did_you_mean(entry.key, kinds);
    if (!guess.empty() && !is_kind(entry.key))
      return at.problems.add(entry.place, cat(at.path, ": there is no layer '", entry.key, "'", guess));
  }
  at.problems.add(layer.place, cat(at.path, " names no layer; it takes one of ", list));
}

// The settings that all layers have; those of its kind are read by themselves.
void read_common(const Value& layer, LayerConfig& to, const Reading& at) {
  for (const auto& setting : layer_section().settings)
    if (const Value* value = layer.find(setting.name)) setting.read(to, *value, at);
}

void read_layer(const Value& layer, LayerConfig& to, const Reading& at) {
  if (!layer.get<Value::Table>())
    return at.problems.add(layer.place,
                           cat(at.path, " takes a table with the settings of a layer, got ", layer.describe()));
  const Kinds kinds = kinds_of(layer);
  if (kinds.empty() || is_only_activation(layer, kinds)) return report_no_kind(layer, at);
  if (kinds.size() > 1)
    return at.problems.add(layer.place, cat(at.path, " is both '", kinds[0]->kind, "' and '", kinds[1]->kind,
                                            "'; each layer starts with a [[model]] of its own"));
  read_common(layer, to, at);
  kinds[0]->read(layer, layer.place, to.settings, {at.path, at.problems, common});
}

}  // namespace

const Section<LayerConfig>& layer_section() {
  using L = LayerConfig;
  static const Section<L> section{
      "model",
      "a layer",
      {setting(&L::name, "name", "by which later layers take what it gives"),
       setting(&L::inputs, "inputs", "the names of what it takes; by default what the layer before it gives"),
       setting(&L::repeat, "repeat", "so many of them, one after the other, each with weights of its own",
               {.bounds = {.low = 1, .high = 1000}})}};
  return section;
}

void read_layers(const Value& layers, std::vector<LayerConfig>& to, const Reading& at) {
  const auto* list = layers.get<Value::List>();
  if (!list || list->empty())
    return at.problems.add(
        layers.place, at.path == "model"
                          ? cat("the model takes layers, each under [[model]], got ", list ? "none" : layers.describe())
                          : cat(at.path, " takes a list of layers, got ", list ? "none" : layers.describe()));
  for (size_t i = 0; i < list->size(); ++i)
    read_layer((*list)[i], to.emplace_back(), {cat(at.path, ".", i), at.problems});
}

}  // namespace koine::train
