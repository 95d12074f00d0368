// The commands that take a config: train, eval, predict, summary.
#include "base/format.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "train/event_file.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/model_builder.h"
#include "train/sources.h"

#include <koine/checkpoint.h>
#include <koine/io.h>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>

namespace koine::cli {

namespace {

using train::BuiltModel;
using train::Config;
using train::Examples;

std::vector<std::string> overrides_of(const RunArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.seed) overrides.push_back(cat("train.seed=", *arguments.seed));
  return overrides;
}

Config config_of(const RunArguments& arguments) {
  return train::read_config(arguments.config, overrides_of(arguments));
}

// The config as it was used: its text, and what the command line changed.
io::Metadata notes_of(const RunArguments& arguments, const std::optional<train::TableCode>& code) {
  std::ifstream file(arguments.config, std::ios::binary);
  std::string changes;
  for (const std::string& assignment : overrides_of(arguments)) changes += assignment + "\n";
  io::Metadata notes{{"config", std::string{std::istreambuf_iterator<char>(file), {}}}, {"overrides", changes}};
  if (code) notes.emplace_back("table", train::to_json(*code));
  return notes;
}

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
void print_figures(const RunArguments& arguments, const char* rows, const std::vector<train::Metric>& figures) {
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
  const auto print = [&](const train::Metric& one) {
    std::cout << rows << ' ' << one.name << ' ' << figure(one.value) << '\n';
  };
  for (size_t i = 2; i < figures.size(); ++i) print(figures[i]);
  print(figures[0]);
  if (figures.size() > 1) print(figures[1]);
  std::cout << std::flush;
}

void print_scores(const RunArguments& arguments, const Config& config, const Examples& examples,
                  const nn::Stack& model) {
  if (examples.test.x.defined())
    print_figures(arguments, "test", train::evaluate(config, examples.test, model, examples.unit()));
  else if (examples.validation.x.defined())
    print_figures(arguments, "validation", train::evaluate(config, examples.validation, model, examples.unit()));
  else
    print_figures(arguments, "train", train::evaluate(config, examples.train, model, examples.unit()));
}

// Known before hours of training are lost.
void check_output(const Config& config) {
  const std::filesystem::path file = config.train.output;
  std::filesystem::path folder = file.parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    config.fail("train.output", cat("there is no folder ", folder.string(), " for the weights"));
  if (std::filesystem::is_directory(file, ignored))
    config.fail("train.output", cat(file.string(), " is a folder; the weights need the name of a file"));
  if (access(folder.c_str(), W_OK) != 0)
    config.fail("train.output", cat("the folder ", folder.string(), " for the weights cannot be written to"));
}

std::string weights_of(const RunArguments& arguments, const Config& config) {
  return arguments.weights.empty() ? config.train.output : arguments.weights;
}

nn::Stack load_model(const RunArguments& arguments, const Config& config, const BuiltModel& model) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", file, ": make them with  koine train ", arguments.config));
  return io::load(file, train::first_values(model.stack, config.train.seed));
}

// How the columns became numbers when the weights were made.
std::optional<train::TableCode> code_of(const RunArguments& arguments, const Config& config) {
  const std::string file = weights_of(arguments, config);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(cat("there are no weights at ", file, ": make them with  koine train ", arguments.config));
  for (const auto& [name, text] : io::metadata(file))
    if (name == "table") return train::code_from(text, file);
  if (!train::has_columns(config)) return {};
  throw FormatError(cat(file, " was made from a table of numbers alone; train again with this config"));
}

volatile std::sig_atomic_t interrupted = 0;

// The first Ctrl-C ends training after the step; another one ends the program at once.
void on_interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

std::string checkpoint_folder(const Config& config) {
  return std::filesystem::path(config.train.output).replace_extension(".checkpoints").string();
}

// Loads the last checkpoint when that is asked for. One that nobody asked for is not lost by accident.
void begin_or_resume(const RunArguments& arguments, const Config& config, const Examples& examples, int64_t steps,
                     io::Checkpoints& checkpoints, train::RunState& run, std::ostream& out) {
  if (arguments.restart) checkpoints.clear();
  std::vector<std::string> damaged;
  const auto found = checkpoints.latest(&damaged);
  for (const std::string& file : damaged) out << "note: the checkpoint " << file << " is damaged and left out\n";
  if (!found && arguments.resume)
    out << "note: there is no checkpoint in " << checkpoints.folder() << ", so the run begins anew" << std::endl;
  if (!found) return;
  if (!arguments.resume)
    throw ValueError(cat("a run was stopped after epoch ", found->step / steps, " of ", config.train.epochs,
                         ": go on with it by --resume, or forget it by --restart (", checkpoints.folder(), ")"));
  train::load_run(config, found->file, examples.train.size(), steps, run);
  out << "resumed after " << run.step / steps << " epochs and " << run.step % steps << " batches" << std::endl;
}

// A text as a field of CSV, or as JSON.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The most likely class of each row and its probability; as JSON the probabilities of all.
void write_classes(const RunArguments& arguments, const Array& outputs, const std::optional<train::TableCode>& code) {
  const auto values = outputs.to_vector<float>();
  const auto classes = static_cast<size_t>(outputs.size(1));
  const auto name = [&](size_t number) {
    return code && number < code->classes.size() ? code->classes[number] : cat(number);
  };
  if (!arguments.json) std::cout << "class,probability\n";
  for (size_t row = 0; row < values.size(); row += classes) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row);
    const auto best =
        static_cast<size_t>(std::max_element(begin, begin + static_cast<std::ptrdiff_t>(classes)) - begin);
    if (!arguments.json) {
      std::cout << csv_field(name(best)) << ',' << values[row + best] << '\n';
      continue;
    }
    std::cout << "{\"class\": " << json_text(name(best)) << ", \"probabilities\": {";
    for (size_t i = 0; i < classes; ++i) std::cout << (i ? ", " : "") << json_text(name(i)) << ": " << values[row + i];
    std::cout << "}}\n";
  }
  std::cout << std::flush;
}

void write_quantities(const RunArguments& arguments, const Array& outputs,
                      const std::optional<train::TableCode>& code) {
  if (!arguments.json) std::cout << "value\n";
  for (double value : outputs.to_vector<double>()) {
    if (code) value = value * code->label_scale + code->label_mean;
    if (arguments.json)
      std::cout << "{\"value\": " << cat(value) << "}\n";
    else
      std::cout << static_cast<float>(value) << '\n';
  }
  std::cout << std::flush;
}

}  // namespace

int train(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  check_output(config);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  std::ostream& out = arguments.json ? std::cerr : std::cout;
  out << "data: " << config.data.file << ", " << examples.train.size() << " rows to train on";
  if (examples.validation.x.defined()) out << ", " << examples.validation.size() << " to validate by";
  if (examples.test.x.defined()) out << ", " << examples.test.size() << " to test on";
  if (examples.unlabelled > 0) out << "\nnote: " << examples.unlabelled << " rows have no label and are left out";
  for (const std::string& one : examples.damaged) out << "\nleft out: " << one;
  if (examples.in_both > 0)
    out << "\nnote: " << examples.in_both << " rows are in both, so the test says nothing of rows never seen";
  out << "\nmodel: " << built.layers.size() << " layers, " << built.parameters() << " parameters" << std::endl;

  const int64_t steps = examples.train.batches(config.train.batch).steps();
  train::RunState run = train::begin_run(config, train::first_values(built.stack, config.train.seed), steps);
  io::Checkpoints checkpoints(checkpoint_folder(config), config.train.keep);
  begin_or_resume(arguments, config, examples, steps, checkpoints, run, out);
  bool complete = false;
  {
    train::ProgressStyle style = train::style_for(STDOUT_FILENO);
    style.json = arguments.json;
    style.terminal = style.terminal && !arguments.json;
    train::Progress progress(std::cout, config.train.epochs, steps, style);
    std::signal(SIGINT, on_interrupt);
    const auto save = [&](const train::RunState& state) {
      checkpoints.save(state.step, state.arrays, train::notes_of(config, state, examples.train.size()));
    };
    double saved_at = style.clock();
    const auto stepped = [&](const train::RunState& state) {
      const int64_t every = config.train.checkpoint_batches;
      const bool due = config.train.checkpoint > 0 && style.clock() - saved_at >= config.train.checkpoint;
      if (!due && (every == 0 || state.step / every == (state.step - config.train.accumulate) / every)) return;
      save(state);
      saved_at = style.clock();
    };
    std::optional<train::EventFile> events;
    if (!arguments.tensorboard.empty()) events.emplace(arguments.tensorboard);
    const auto epoch = [&](const train::RunState& state, std::span<const train::Metric> figures) {
      // The tags by which TensorBoard puts both curves into one chart.
      for (const train::Metric& one : figures)
        if (events && one.name.starts_with("val_"))
          events->scalar(one.name.substr(4) + "/validation", one.value, state.step);
        else if (events)
          events->scalar(one.name + "/train", one.value, state.step);
    };
    complete = train::fit(config, examples, run, progress, {[] { return interrupted != 0; }, stepped, epoch});
    if (complete)
      progress.finish();
    else if (config.train.checkpoint > 0 || config.train.checkpoint_batches > 0)
      save(run);
  }
  io::save(config.train.output, run.result(), notes_of(arguments, examples.code));
  if (!complete) {
    std::cerr << "koine: stopped; the weights after the last step are in " << config.train.output
              << "; go on with --resume" << std::endl;
    return 130;
  }
  checkpoints.clear();
  if (run.stopped_early)
    out << "stopped after epoch " << run.step / steps << ": " << config.train.patience
        << " epochs without a better validation" << std::endl;
  out << "weights: " << config.train.output << std::endl;
  print_scores(arguments, config, examples, run.result());
  return 0;
}

void eval(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const Examples examples = train::load_examples(config, code_of(arguments, config));
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  print_scores(arguments, config, examples, load_model(arguments, config, built));
}

void predict(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const std::optional<train::TableCode> code = code_of(arguments, config);
  // With the shape in the config, or a table's code, the training data need not be at hand.
  const bool images = train::kind_of(arguments.data) == train::SourceKind::images;
  const Shape shape = train::has_columns(config) ? Shape{code->inputs()}
                      : images && config.data.shape.empty()
                          ? Shape{config.data.size[0], config.data.size.back(), config.data.channels == "grey" ? 1 : 3}
                      : config.data.shape.empty() ? train::load_examples(config).shape
                                                  : Shape(config.data.shape);
  const BuiltModel built = train::build_model(config, shape, -1);
  const nn::Stack model = load_model(arguments, config, built);
  const Array outputs = train::predict(config, train::load_inputs(config, arguments.data, shape, code), model);
  if (train::has_classes(config.train))
    write_classes(arguments, outputs, code);
  else
    write_quantities(arguments, outputs, code);
}

void summary(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  using enum Table::Align;
  Table table({right, left, left, right, right});
  table.add({"", "layer", "output", "parameters", "FLOPs"});
  table.rule();
  table.add({"", "input", to_string(examples.shape), "", ""});
  for (size_t i = 0; i < built.layers.size(); ++i) {
    const train::BuiltLayer& layer = built.layers[i];
    table.add({cat(i), layer.name, to_string(layer.output), cat(layer.parameters), cat(layer.flops)});
  }
  table.rule();
  table.add({"", "total", "", cat(built.parameters()), cat(built.flops())});
  table.write(std::cout);
  std::cout << "FLOPs are for one example, forwards; the weights take " << size_text(4 * built.parameters())
            << ", a step of training with a batch of " << config.train.batch << " about "
            << size_text(built.training_bytes(config.train)) << std::endl;
}

}  // namespace koine::cli
