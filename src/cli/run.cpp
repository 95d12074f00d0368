// The commands train, eval and summary.
#include "base/format.h"
#include "base/printable.h"
#include "cli/outputs.h"
#include "cli/plots.h"
#include "cli/session.h"
#include "cli/stop.h"
#include "cli/table.h"
#include "io/file_value.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/optimizer.h"
#include "train/run_notes.h"

#include <koine/checkpoint.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>

namespace koine::cli {

namespace {

using train::BuiltModel;
using train::Config;
using train::Examples;

// "376.3 kB".
std::string size_text(int64_t bytes) {
  double size = static_cast<double>(bytes);
  const char* unit = "bytes";
  for (const char* larger : {"kB", "MB", "GB", "TB"}) {
    if (size < 1000) break;
    size /= 1000;
    unit = larger;
  }
  char text[64];
  std::snprintf(text, sizeof text, size < 100 && size != std::floor(size) ? "%.1f %s" : "%.0f %s", size, unit);
  return text;
}

// A figure with three digits behind the point, as the last line of a run has it.
std::string figure(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

// The figures of some rows; the last line is the one that matters most, for people and scripts.
void print_figures(const RunArguments& arguments, const char* rows, const std::vector<train::Figure>& figures) {
  if (arguments.json) {
    std::cout << "{\"rows\": \"" << rows << '"';
    for (const auto& figure : figures) {
      std::cout << ", \"" << figure.name << "\": ";
      if (std::isfinite(figure.value))
        std::cout << cat(figure.value);
      else
        std::cout << "null";
    }
    std::cout << "}" << std::endl;
    return;
  }
  const auto print = [&](const train::Figure& one) {
    std::cout << rows << ' ' << one.name << ' ' << train::shown(one, figure(one.value)) << '\n';
  };
  for (size_t i = 2; i < figures.size(); ++i) print(figures[i]);
  print(figures[0]);
  if (figures.size() > 1) print(figures[1]);
  std::cout << std::flush;
}

// The rows that a model is judged by, and what they are called.
std::pair<const data::Dataset*, const char*> judged_rows(const Examples& examples) {
  if (examples.test.defined()) return {&examples.test, "test"};
  if (examples.validation.defined()) return {&examples.validation, "validation"};
  return {&examples.train, "train"};
}

void print_scores(const RunArguments& arguments, const Config& config, const Examples& examples,
                  const nn::Stack& model) {
  const auto [rows, name] = judged_rows(examples);
  print_figures(arguments, name, train::evaluate(config, examples, *rows, model));
}

// The step of the last checkpoint when that is asked for. One that nobody asked for is not lost by accident.
void prepare_checkpoints(const RunArguments& arguments, const Config& config, int64_t steps,
                         io::Checkpoints& checkpoints, std::ostream& out) {
  if (arguments.restart) train::forget_run(checkpoints.folder());
  std::vector<std::string> damaged;
  const auto found = arguments.resume ? train::to_resume(checkpoints.folder(), &damaged) : checkpoints.latest(&damaged);
  for (const std::string& file : damaged)
    out << "note: the checkpoint " << printable_name(file) << " is damaged and left out\n";
  if (!found && arguments.resume && std::filesystem::exists(config.train.output))
    throw ValueError(cat("there is no checkpoint in ", printable_name(checkpoints.folder()),
                         " to go on from, and the weights in ", printable_name(config.train.output),
                         " alone do not say how they came about: begin anew with --restart"));
  if (!found && arguments.resume)
    out << "note: there is no checkpoint in " << printable_name(checkpoints.folder()) << ", so the run begins anew"
        << std::endl;
  if (!found) return;
  if (!arguments.resume)
    throw ValueError(cat("a run was stopped after epoch ", found->step / steps, " of ", config.train.epochs,
                         ": go on with it by --resume, or forget it by --restart (", checkpoints.folder(), ")"));
  if (found->step > steps * config.train.epochs)
    config.fail("train.epochs", cat("the run has seen ", found->step / steps, " epochs already"));
  out << "resumed after " << found->step / steps << " epochs and " << found->step % steps << " batches" << std::endl;
}

// What people should know of the rows.
std::vector<std::string> remarks_on(const Examples& examples) {
  std::vector<std::string> remarks = examples.remarks;
  if (examples.unlabelled > 0) remarks.push_back(cat(examples.unlabelled, " rows have no label and are left out"));
  if (examples.in_both > 0)
    remarks.push_back(cat(examples.in_both, " rows are in both, so the test says nothing of rows never seen"));
  if (const Shape& shape = examples.shape; shape.size() == 3 && shape[0].value() <= 4 && shape[2].value() > 4)
    remarks.push_back(cat("examples are ", to_string(shape), ", which looks like channels first; layers take channels last"));
  return remarks;
}

void describe(const Config& config, const Examples& examples, const BuiltModel& built, std::ostream& out) {
  out << "data: " << printable_name(config.data.file) << ", " << examples.train.size() << " rows to train on";
  if (examples.validation.defined()) out << ", " << examples.validation.size() << " to validate by";
  if (examples.test.defined()) out << ", " << examples.test.size() << " to test on";
  if (examples.train.reader) out << ", read from disk when they are needed";
  for (const std::string& one : examples.damaged) out << "\nleft out: " << printable_line(one);
  for (const std::string& remark : remarks_on(examples)) out << "\nnote: " << printable_line(remark);
  if (const auto* last = std::get_if<nn::Activation>(&built.stack.layers.back());
      last && train::predicts_classes(config.train) && (last->name() == "softmax" || last->name() == "sigmoid"))
    out << "\nnote: " << config.train.loss << " takes scores, and the last layer gives probabilities: leave its "
        << last->name() << " out; predict gives probabilities anyway";
  if (train::warmup_of(config.train) > static_cast<double>(config.train.epochs))
    out << "\nnote: lr rises for " << train::warmup_of(config.train) << " epochs, and the run ends before";
  out << "\nmodel: " << built.layers.size() << " layers, " << built.parameters() << " parameters" << std::endl;
}

// Trains with each part of the rows left out in turn, and tells what is true of rows never seen. Saves nothing.
int cross_validate(const RunArguments& arguments, Config config) {
  const StopSignals stop;
  Table table(std::vector<Table::Align>(2, Table::Align::left));
  std::vector<train::Figures> all;
  config.fold.count = arguments.folds;
  for (config.fold.number = 0; config.fold.number < arguments.folds; ++config.fold.number) {
    const Examples examples = train::load_examples(config);
    const BuiltModel built = train::build_model(config, examples.facts());
    nn::Stack model = train::first_values(config, built);
    train::FitOptions options = train::fit_options(config, examples);
    options.stepped = [](const auto&) { return StopSignals::caught() != 0; };
    if (!train::fit(config, examples, model, options).complete) return StopSignals::status();
    all.push_back(train::evaluate(config, examples, examples.test, model));
    if (arguments.json) {
      print_figures(arguments, cat("fold ", config.fold.number + 1).c_str(), all.back());
      continue;
    }
    std::cout << "fold " << config.fold.number + 1 << " of " << arguments.folds;
    for (const auto& one : all.back()) std::cout << "  " << one.name << ' ' << train::shown(one, figure(one.value));
    std::cout << std::endl;
  }
  if (arguments.json) return 0;
  const auto n = static_cast<double>(all.size());
  for (size_t i = 0; i < all[0].size(); ++i) {
    double mean = 0, square = 0;
    for (const auto& one : all) mean += one[i].value / n;
    for (const auto& one : all) square += (one[i].value - mean) * (one[i].value - mean) / (n - 1);
    train::Figure over_all{all[0][i].name, mean};
    for (const auto& one : all)
      if (!one[i].undefined.empty()) over_all.undefined = one[i].undefined + " in a fold";
    std::cout << over_all.name << ' ' << train::shown(over_all, figure(mean) + " +- " + figure(std::sqrt(square)))
              << '\n';
  }
  std::cout << std::flush;
  return 0;
}

}  // namespace

namespace {

constexpr const char* stopped_note = "stopped";

// The notes of the weights that are there; none where there are no weights.
io::Metadata notes_there(const Config& config) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(config.train.output, ignored)) return {};
  try {
    return io::metadata(config.train.output);
  } catch (const Error&) {
    return {};
  }
}

// Two configs that nobody gave an output have the same one.
void tell_of_other(const RunArguments& arguments, const Config& config, std::ostream& out) {
  const io::Metadata there = notes_there(config);
  const std::string* other = io::find_note(there, config_note);
  if (!other || *other == config_beside(arguments, config)) return;
  out << "note: " << printable_name(config.train.output) << " has the weights of " << printable_name(*other)
      << ", and this run replaces them; train.output names another file" << std::endl;
}

// The weights that a stopped run ends with; those of a complete run are only replaced by another complete one's.
int end_stopped(const Config& config, const nn::Stack& model, io::Metadata notes, bool kept) {
  const io::Metadata there = notes_there(config);
  const bool complete = !there.empty() && !io::find_note(there, stopped_note);
  std::string said = "stopped";
  if (kept && complete) {
    said += cat("; ", config.train.output, " has the weights of a complete run and stays");
  } else {
    notes.emplace_back(stopped_note, "yes");
    io::save(config.train.output, model, notes);
    said += cat("; the weights after the last step are in ", config.train.output);
  }
  if (kept) said += "; go on with --resume";
  if (StopSignals::caught() != SIGPIPE) std::cerr << "koine: " << printable(said) << std::endl;
  return StopSignals::status();
}

}  // namespace

int train(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  if (arguments.folds > 0) {
    check_outputs(arguments, config, "");
    return cross_validate(arguments, config);
  }
  check_trained(arguments, config);
  std::optional<io::FolderLock> lock(std::in_place, train::checkpoint_folder(config));
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.facts());
  std::ostream& out = arguments.json ? std::cerr : std::cout;
  describe(config, examples, built, out);
  tell_of_other(arguments, config, out);
  train::FitOptions options = train::fit_options(config, examples);
  const int64_t steps = train::steps_per_epoch(config, examples);
  io::Checkpoints checkpoints(train::checkpoint_folder(config), config.train.keep);
  prepare_checkpoints(arguments, config, steps, checkpoints, out);
  if (config.train.checkpoint > 0 || config.train.checkpoint_batches > 0) options.checkpoints = checkpoints.folder();
  options.resume = arguments.resume && !options.checkpoints.empty();
  options.events = arguments.tensorboard;
  options.show = arguments.json ? train::Show::json : train::Show::progress;
  options.lock = &*lock;
  std::optional<StopSignals> stop(std::in_place);
  options.stepped = [](const auto&) { return StopSignals::caught() != 0; };
  nn::Stack model = train::first_values(config, built);
  const train::History history = train::fit(config, examples, model, options);
  io::Metadata notes = notes_of(arguments, config, examples);
  notes.emplace_back("curves", train::to_json(history.epochs));
  if (!history.complete) return end_stopped(config, model, std::move(notes), !options.checkpoints.empty());
  io::save(config.train.output, model, notes);
  checkpoints.clear();
  lock.reset();
  stop.reset();
  if (history.stopped_early)
    out << "stopped after epoch " << history.steps / steps << ": " << config.train.patience
        << " epochs without a better validation" << std::endl;
  out << "weights: " << printable_name(config.train.output) << std::endl;
  if (arguments.profile) {
    char text[160];
    std::snprintf(text, sizeof text, "input: waited %.3f s of %.3f s for batches (%.2f %%)", history.waited,
                  history.seconds, 100 * history.waited / history.seconds);
    out << text << std::endl;
  }
  print_scores(arguments, config, examples, model);
  return 0;
}

void eval(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  check_outputs(arguments, config, weights_of(arguments, config));
  const train::Trained trained = trained_of(arguments, config);
  const Examples examples = train::load_examples(config, trained);
  for (const std::string& one : examples.damaged) tell(cat("left out: ", one));
  for (const std::string& remark : remarks_on(examples)) tell(remark);
  const nn::Stack model = load_model(config, examples.facts(), trained);
  if (!arguments.json && train::predicts_classes(config.train) && examples.label.empty() && examples.classes <= 20)
    write_confusion(std::cout, confusion_of(config, *judged_rows(examples).first, model), examples.code);
  print_scores(arguments, config, examples, model);
}

void summary(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.facts());
  using enum Table::Align;
  Table table({left, left, left, right, right});
  table.add({"", "layer", "output", "parameters", "FLOPs"});
  table.rule();
  table.add({"", "input", to_string(examples.shape), "", ""});
  for (const train::BuiltLayer& layer : built.layers)
    table.add({layer.place, layer.name, to_string(layer.output), cat(layer.parameters), cat(layer.flops)});
  table.rule();
  table.add({"", "total", "", cat(built.parameters()), cat(built.flops())});
  table.write(std::cout);
  std::cout << "FLOPs are for one example, forwards; the weights take " << size_text(4 * built.parameters())
            << ", a step of training with a batch of " << config.train.batch << " about "
            << size_text(built.training_bytes(config.train)) << std::endl;
}

}  // namespace koine::cli
