#include "train/run_notes.h"

#include "base/format.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace koine::train {

namespace {

using io::FileValue;
using io::json_number;
using nlohmann::json;

constexpr size_t most_figures = 1000, most_name_bytes = 1000;

}  // namespace

std::string to_json(const RunNumbers& numbers) {
  json sums = json::array();
  for (const double sum : numbers.sums) sums.push_back(json_number(sum));
  const optim::Plateau& plateau = numbers.plateau;
  return json{{"step", numbers.step},
              {"before", numbers.before},
              {"sums", sums},
              {"weight", json_number(numbers.weight)},
              {"examples", numbers.examples},
              {"plateau", {json_number(plateau.factor), json_number(plateau.best), plateau.bad, plateau.cooling}},
              {"best", json_number(numbers.best)},
              {"epochs_since_best", numbers.epochs_since_best},
              {"stopped_early", numbers.stopped_early},
              {"averaged", numbers.averaged}}
      .dump();
}

void numbers_from(const FileValue& all, const RunSize& run, RunNumbers& numbers) {
  numbers.step = all.at("step").integer(0);
  numbers.before = all.has("before") ? all.at("before").integer(0, std::numeric_limits<int64_t>::max() / 2) : 0;
  // Between epochs nothing is summed up.
  const auto sums = static_cast<size_t>(numbers.step % run.steps == 0 ? 0 : run.sums);
  numbers.sums.clear();
  for (const FileValue& sum : all.at("sums").tuple(sums)) numbers.sums.push_back(sum.number_or_nan());
  numbers.examples = sums == 0 ? all.at("examples").integer(0, 0) : all.at("examples").integer(1);
  numbers.weight = all.has("weight") ? all.at("weight").number(0) : static_cast<double>(numbers.examples);
  const int64_t epochs = numbers.step / run.steps;
  const auto plateau = all.at("plateau").tuple(4);
  numbers.plateau.factor = plateau[0].number(0);
  numbers.plateau.best = plateau[1].number_or_nan();
  numbers.plateau.bad = plateau[2].integer(0, epochs);
  numbers.plateau.cooling = plateau[3].integer(0);
  numbers.best = all.at("best").number_or_nan();
  numbers.epochs_since_best = all.at("epochs_since_best").integer(0, epochs);
  numbers.stopped_early = all.at("stopped_early").boolean();
  numbers.averaged = all.at("averaged").boolean();
  if (numbers.averaged && !run.averages) all.at("averaged").fail("false, as the run keeps no average");
}

std::string to_json(const std::vector<EpochFigures>& epochs) {
  json all = json::array();
  for (const EpochFigures& one : epochs) {
    json figures = json::array();
    for (const Figure& figure : one.figures) figures.push_back({figure.name, json_number(figure.value)});
    all.push_back({{"epoch", one.epoch}, {"step", one.step}, {"figures", figures}});
  }
  return all.dump();
}

std::vector<EpochFigures> epochs_from(const FileValue& note) {
  std::vector<EpochFigures> epochs;
  int64_t least_step = 1;
  for (const FileValue& one : note.list()) {
    const int64_t number = static_cast<int64_t>(epochs.size()) + 1;
    EpochFigures& epoch = epochs.emplace_back(
        EpochFigures{one.at("epoch").integer(number, number), one.at("step").integer(least_step), {}});
    least_step = epoch.step;
    for (const FileValue& figure : one.at("figures").list(0, most_figures)) {
      const auto pair = figure.tuple(2);
      epoch.figures.push_back({pair[0].text(most_name_bytes), pair[1].number_or_nan()});
    }
  }
  return epochs;
}

}  // namespace koine::train
