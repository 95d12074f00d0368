#include "train/run_notes.h"

#include "base/format.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace koine::train {

namespace {

using nlohmann::json;

// JSON has no not-a-number.
json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }
double number_of(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

}  // namespace

std::string to_json(const RunNumbers& numbers) {
  json sums = json::array();
  for (const double sum : numbers.sums) sums.push_back(number(sum));
  const optim::Plateau& plateau = numbers.plateau;
  return json{{"step", numbers.step},
              {"before", numbers.before},
              {"sums", sums},
              {"weight", number(numbers.weight)},
              {"examples", numbers.examples},
              {"plateau", {number(plateau.factor), number(plateau.best), plateau.bad, plateau.cooling}},
              {"best", number(numbers.best)},
              {"epochs_since_best", numbers.epochs_since_best},
              {"stopped_early", numbers.stopped_early},
              {"averaged", numbers.averaged}}
      .dump();
}

void numbers_from(const std::string& text, const std::string& file, RunNumbers& numbers) {
  try {
    const json all = json::parse(text);
    numbers.step = all.at("step");
    numbers.before = all.value("before", int64_t{0});
    numbers.sums.clear();
    for (const json& sum : all.at("sums")) numbers.sums.push_back(number_of(sum));
    numbers.examples = all.at("examples");
    numbers.weight = all.contains("weight") ? number_of(all.at("weight")) : static_cast<double>(numbers.examples);
    const json& plateau = all.at("plateau");
    numbers.plateau.factor = number_of(plateau.at(0));
    numbers.plateau.best = number_of(plateau.at(1));
    numbers.plateau.bad = plateau.at(2);
    numbers.plateau.cooling = plateau.at(3);
    numbers.best = number_of(all.at("best"));
    numbers.epochs_since_best = all.at("epochs_since_best");
    numbers.stopped_early = all.at("stopped_early");
    numbers.averaged = all.at("averaged");
  } catch (const json::exception&) {
    throw FormatError(cat(file, " is no checkpoint of a run"));
  }
}

std::string to_json(const std::vector<EpochFigures>& epochs) {
  json all = json::array();
  for (const EpochFigures& one : epochs) {
    json figures = json::array();
    for (const Figure& figure : one.figures) figures.push_back({figure.name, number(figure.value)});
    all.push_back({{"epoch", one.epoch}, {"step", one.step}, {"figures", figures}});
  }
  return all.dump();
}

std::vector<EpochFigures> epochs_from(const std::string& text, const std::string& file) {
  std::vector<EpochFigures> epochs;
  try {
    for (const json& one : json::parse(text)) {
      EpochFigures& epoch = epochs.emplace_back(EpochFigures{one.at("epoch"), one.at("step"), {}});
      for (const json& figure : one.at("figures")) epoch.figures.push_back({figure.at(0), number_of(figure.at(1))});
    }
  } catch (const json::exception&) {
    throw FormatError(cat(file, ": its notes about the epochs are damaged"));
  }
  return epochs;
}

}  // namespace koine::train
