// koine sweep: the same config with many values of its settings.
#include "base/format.h"
#include "base/philox.h"
#include "base/printable.h"
#include "cli/outputs.h"
#include "cli/stop.h"
#include "cli/table.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/model_builder.h"

#include <koine/error.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <optional>

namespace koine::cli {

namespace {

/// A setting with what it is to be.
struct Axis {
  std::string key;
  std::vector<std::string> values;
  /// A range "low..high" in place of values, for random search.
  bool is_range = false;
  double low = 0, high = 0;
};

bool read_number(std::string_view text, double& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc() && end == text.data() + text.size();
}

// Values are separated by commas outside of brackets: "8,[16,16]" has two.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (const char c : text) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    if (c == ',' && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

Axis axis_of(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw ValueError(cat("'", text, "' is no setting with values, as in train.optimizer.adam.lr=1e-3,1e-2"));
  Axis axis{text.substr(0, equals), {}, false, 0, 0};
  const std::string values = text.substr(equals + 1);
  const size_t dots = values.find("..");
  if (dots != std::string::npos && read_number(std::string_view(values).substr(0, dots), axis.low) &&
      read_number(std::string_view(values).substr(dots + 2), axis.high)) {
    if (!(axis.low < axis.high)) throw ValueError(cat("the range of ", axis.key, " is empty: ", values));
    axis.is_range = true;
  } else {
    axis.values = split_values(values);
  }
  return axis;
}

using Choice = std::vector<std::string>;

std::vector<Choice> grid(const std::vector<Axis>& axes) {
  std::vector<Choice> all(1);
  for (const Axis& axis : axes) {
    if (axis.is_range) throw ValueError(cat(axis.key, " has a range, which only --random can search"));
    std::vector<Choice> next;
    for (const Choice& before : all)
      for (const std::string& value : axis.values) {
        next.push_back(before);
        next.back().push_back(value);
      }
    all = std::move(next);
  }
  return all;
}

// A uniform number in [0, 1) for each draw of each axis; the same for the same seed.
double drawn(int64_t seed, int64_t draw, size_t axis) {
  const PhiloxKey key = fold_in(PhiloxKey{static_cast<uint32_t>(seed), 0x5eed}, static_cast<uint64_t>(draw));
  return static_cast<double>(philox_draw(key, axis)[0]) * 0x1p-32;
}

std::vector<Choice> random_choices(const std::vector<Axis>& axes, int64_t count, int64_t seed) {
  std::vector<Choice> all;
  for (int64_t i = 0; i < count; ++i) {
    Choice choice;
    for (size_t a = 0; a < axes.size(); ++a) {
      const Axis& axis = axes[a];
      const double u = drawn(seed, i, a);
      if (!axis.is_range) {
        choice.push_back(axis.values[static_cast<size_t>(u * static_cast<double>(axis.values.size()))]);
        continue;
      }
      // Over more than a factor of ten by its logarithm.
      const bool by_log = axis.low > 0 && axis.high / axis.low > 10;
      const double value =
          by_log ? axis.low * std::pow(axis.high / axis.low, u) : axis.low + u * (axis.high - axis.low);
      char text[64];
      std::snprintf(text, sizeof text, "%.4g", value);
      choice.emplace_back(text);
    }
    all.push_back(std::move(choice));
  }
  return all;
}

/// How one choice did.
struct Outcome {
  Choice choice;
  double value = 0;
  bool larger_is_better = false;
  std::string figures;
};

// The rows that a choice is judged by: never those of the test. Nothing for a run that was stopped.
std::optional<Outcome> run(const RunArguments& arguments, const std::vector<Axis>& axes, const Choice& choice) {
  std::vector<std::string> overrides = arguments.overrides;
  for (size_t i = 0; i < axes.size(); ++i) overrides.push_back(axes[i].key + "=" + choice[i]);
  if (arguments.seed) overrides.push_back(cat("train.seed=", *arguments.seed));
  const train::Config config = train::read_config(arguments.config, overrides);
  const train::Examples examples = train::load_examples(config);
  const train::BuiltModel built = train::build_model(config, examples.facts());
  nn::Stack model = train::first_values(config, built);
  train::FitOptions options = train::fit_options(config, examples);
  options.stepped = [](const auto&) { return StopSignals::caught() != 0; };
  if (!train::fit(config, examples, model, options).complete) return {};
  const data::Dataset& rows = examples.validation.defined() ? examples.validation : examples.train;
  const train::Figures figures = train::evaluate(config, examples, rows, model);
  Outcome outcome{choice, figures[0].value, false, ""};
  for (const train::Metric& metric : train::metrics_of(config.train, 1))
    if (metric.name == config.train.monitor) outcome.larger_is_better = metric.larger_is_better;
  for (const train::Figure& figure : figures) {
    if (figure.name == config.train.monitor) outcome.value = figure.value;
    char text[64];
    std::snprintf(text, sizeof text, "%.4f", figure.value);
    outcome.figures += cat(outcome.figures.empty() ? "" : "  ", figure.name, " ", train::shown(figure, text));
  }
  return outcome;
}

}  // namespace

int sweep(const RunArguments& arguments, const std::vector<std::string>& words, int64_t random) {
  std::vector<Axis> axes;
  for (const std::string& word : words) axes.push_back(axis_of(word));
  const std::vector<Choice> choices =
      random > 0 ? random_choices(axes, random, arguments.seed.value_or(0)) : grid(axes);
  // A wrong config is told before the first run.
  check_outputs(arguments, train::read_config(arguments.config, arguments.overrides), "");
  std::vector<Outcome> outcomes;
  const StopSignals stop;
  for (const Choice& choice : choices) {
    std::optional<Outcome> outcome = run(arguments, axes, choice);
    if (!outcome) break;
    outcomes.push_back(std::move(*outcome));
    std::cerr << "run " << outcomes.size() << " of " << choices.size();
    for (size_t i = 0; i < axes.size(); ++i) std::cerr << "  " << printable_name(axes[i].key + "=" + choice[i]);
    std::cerr << "  " << outcomes.back().figures << std::endl;
  }
  // Those without a number come last.
  std::stable_sort(outcomes.begin(), outcomes.end(), [](const Outcome& a, const Outcome& b) {
    return std::isnan(b.value) ? !std::isnan(a.value) : a.larger_is_better ? a.value > b.value : a.value < b.value;
  });
  Table table(std::vector<Table::Align>(axes.size() + 1, Table::Align::left));
  std::vector<std::string> head;
  for (const Axis& axis : axes) head.push_back(axis.key);
  head.push_back("figures, best first");
  table.add(head);
  table.rule();
  for (const Outcome& outcome : outcomes) {
    std::vector<std::string> row = outcome.choice;
    row.push_back(outcome.figures);
    table.add(row);
  }
  table.write(std::cout);
  return outcomes.size() == choices.size() ? 0 : StopSignals::status();
}

}  // namespace koine::cli
