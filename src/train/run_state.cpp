#include "train/run_state.h"

#include "base/format.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace koine::train {

namespace {

using nlohmann::json;

optim::PlateauOptions plateau_of(const TrainConfig& config) {
  const auto* plateau = std::get_if<PlateauSchedule>(&config.schedule);
  if (!plateau) return {};
  return {plateau->factor, plateau->patience, plateau->threshold, plateau->cooldown, plateau->least};
}

// The same layers without values: what loading takes when the file has none.
nn::Stack without_values(nn::Stack model) {
  return tree::map(std::move(model), [](const Array&) { return Array(); });
}

// JSON has no not-a-number.
json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }
double number_of(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

// Settings that may differ between a run and its continuation.
constexpr std::string_view free_settings[] = {"train.output", "train.checkpoint", "train.checkpoint_batches",
                                              "train.keep"};

void flatten(const Value& value, const std::string& path, std::map<std::string, std::string>& to) {
  if (std::find(std::begin(free_settings), std::end(free_settings), path) != std::end(free_settings)) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  if (const auto* table = value.get<Value::Table>()) {
    for (const Entry& entry : *table) flatten(entry.value, prefix + entry.key, to);
  } else if (const auto* list = value.get<Value::List>()) {
    for (size_t i = 0; i < list->size(); ++i) flatten((*list)[i], cat(prefix, i), to);
  } else {
    to[path] = value.describe();
  }
}

void check_same(const Config& config, const std::map<std::string, std::string>& before) {
  std::map<std::string, std::string> now;
  flatten(config.source, "", now);
  for (const auto& [path, was] : before) {
    const auto found = now.find(path);
    if (found == now.end())
      config.fail(path, cat("the run began with ", path, " = ", was,
                            ", which is gone; put it back, or begin anew with --restart"));
    if (found->second != was)
      config.fail(path, cat("the run began with ", path, " as ", was, ", now it is ", found->second,
                            "; put it back, or begin anew with --restart"));
  }
  for (const auto& [path, is] : now)
    if (!before.count(path))
      config.fail(path, cat("the run began without ", path, "; take it out, or begin anew with --restart"));
}

// What a schedule or a pattern of names cannot be shows with the data and the model at hand.
Optimizer optimizer_of(const Config& config, nn::Stack& model, int64_t batches) {
  Optimizer optimizer;
  try {
    optimizer = make_optimizer(config.train, batches);
  } catch (const ValueError& error) {
    config.fail("train.schedule", error.what());
  }
  try {
    std::visit([&](auto& one) { optim::detail::leaves(model, model, one.options.groups); }, optimizer);
  } catch (const ValueError& error) {
    config.fail("train.no_decay", error.what());
  }
  return optimizer;
}

}  // namespace

const nn::Stack& RunState::result() const { return std::isnan(best) ? judged() : arrays.best; }

RunState begin_run(const Config& config, nn::Stack model, int64_t batches) {
  RunState state;
  state.arrays.optimizer = optimizer_of(config, model, batches);
  std::visit([&](auto& optimizer) { optimizer.init(model); }, state.arrays.optimizer);
  state.arrays.average.decay = config.train.average;
  state.arrays.average.model = without_values(model);
  state.arrays.best = without_values(model);
  state.arrays.model = std::move(model);
  state.plateau.options = plateau_of(config.train);
  return state;
}

io::Metadata notes_of(const Config& config, const RunState& state, int64_t examples) {
  std::map<std::string, std::string> settings;
  flatten(config.source, "", settings);
  const json numbers = {
      {"step", state.step},
      {"sums", {number(state.sums.loss), number(state.sums.right), state.sums.examples}},
      {"plateau", {number(state.plateau.factor), number(state.plateau.best), state.plateau.bad, state.plateau.cooling}},
      {"best", number(state.best)},
      {"epochs_since_best", state.epochs_since_best},
      {"stopped_early", state.stopped_early},
      {"average", state.arrays.average.begun},
      {"examples", examples},
  };
  return {{"run", numbers.dump()}, {"settings", json(settings).dump()}};
}

void load_run(const Config& config, const std::string& file, int64_t examples, int64_t batches, RunState& state) {
  std::map<std::string, std::string> notes;
  for (const auto& [key, value] : io::metadata(file)) notes[key] = value;
  try {
    check_same(config, json::parse(notes["settings"]).get<std::map<std::string, std::string>>());
    const json numbers = json::parse(notes["run"]);
    if (numbers.at("examples") != examples)
      config.fail("data.file", cat("the run began with ", numbers.at("examples").get<int64_t>(),
                                   " examples to train on, now there are ", examples));
    state.step = numbers.at("step");
    const json& sums = numbers.at("sums");
    state.sums = {number_of(sums.at(0)), number_of(sums.at(1)), sums.at(2)};
    const json& plateau = numbers.at("plateau");
    state.plateau.factor = number_of(plateau.at(0));
    state.plateau.best = number_of(plateau.at(1));
    state.plateau.bad = plateau.at(2);
    state.plateau.cooling = plateau.at(3);
    state.best = number_of(numbers.at("best"));
    state.epochs_since_best = numbers.at("epochs_since_best");
    state.stopped_early = numbers.at("stopped_early");
    state.arrays.average.begun = numbers.at("average");
  } catch (const json::exception&) {
    throw FormatError(cat(file, " is no checkpoint of a run"));
  }
  io::load_into(file, state.arrays);
  set_rate(state.arrays.optimizer, config.train, batches, state.plateau.factor);
}

}  // namespace koine::train
