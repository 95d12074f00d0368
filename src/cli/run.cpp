// The commands that take a config: train, eval, predict, summary.
#include "base/format.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "train/fit.h"
#include "train/model_builder.h"

#include <koine/io.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

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
io::Metadata notes_of(const RunArguments& arguments) {
  std::ifstream file(arguments.config, std::ios::binary);
  std::string changes;
  for (const std::string& assignment : overrides_of(arguments)) changes += assignment + "\n";
  return {{"config", std::string{std::istreambuf_iterator<char>(file), {}}}, {"overrides", changes}};
}

// A figure with three digits behind the point, as the last line of a run has it.
std::string figure(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

void print_score(const Config& config, const char* rows, const train::Score& score) {
  if (config.train.loss == "cross_entropy")
    std::cout << rows << " accuracy " << figure(score.accuracy) << std::endl;
  else
    std::cout << rows << " loss " << figure(score.loss) << std::endl;
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

volatile std::sig_atomic_t interrupted = 0;

// The first Ctrl-C ends training after the step; another one ends the program at once.
void on_interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

int train(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  check_output(config);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  std::cout << "data: " << config.data.file << ", " << examples.train.size() << " rows to train on";
  if (examples.test.x.defined()) std::cout << ", " << examples.test.size() << " to test on";
  if (examples.in_both > 0)
    std::cout << "\nnote: " << examples.in_both << " rows are in both, so the test says nothing of rows never seen";
  std::cout << "\nmodel: " << built.layers.size() << " layers, " << built.parameters() << " parameters" << std::endl;

  nn::Stack model = train::first_values(built.stack, config.train.seed);
  bool complete = false;
  {
    const int64_t steps = examples.train.batches(config.train.batch).steps();
    train::Progress progress(std::cout, config.train.epochs, steps, train::style_for(STDOUT_FILENO));
    std::signal(SIGINT, on_interrupt);
    complete = train::fit(config, examples.train, model, progress, [] { return interrupted != 0; });
    if (complete) progress.finish();
  }
  io::save(config.train.output, model, notes_of(arguments));
  if (!complete) {
    std::cerr << "koine: stopped; the weights after the last step are in " << config.train.output << std::endl;
    return 130;
  }
  std::cout << "weights: " << config.train.output << std::endl;
  if (examples.test.x.defined())
    print_score(config, "test", train::evaluate(config, examples.test, model));
  else
    print_score(config, "train", train::evaluate(config, examples.train, model));
  return 0;
}

void eval(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  const nn::Stack model = load_model(arguments, config, built);
  if (examples.test.x.defined())
    print_score(config, "test", train::evaluate(config, examples.test, model));
  else
    print_score(config, "train", train::evaluate(config, examples.train, model));
}

void predict(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  // With the shape in the config the training data need not be at hand.
  const Shape shape = config.data.shape.empty() ? train::load_examples(config).shape : Shape(config.data.shape);
  const BuiltModel built = train::build_model(config, shape, -1);
  const nn::Stack model = load_model(arguments, config, built);
  const Array x = train::load_inputs(config, arguments.data, shape);
  const std::vector<float> values = train::predict(config, x, model);
  if (config.train.loss != "cross_entropy") {
    std::cout << "value\n";
    for (const float value : values) std::cout << value << '\n';
    std::cout << std::flush;
    return;
  }
  const auto classes = static_cast<size_t>(built.layers.back().output.back().value());
  std::cout << "class,probability\n";
  for (size_t row = 0; row < values.size(); row += classes) {
    size_t best = 0;
    for (size_t i = 1; i < classes; ++i)
      if (values[row + i] > values[row + best]) best = i;
    std::cout << best << ',' << values[row + best] << '\n';
  }
  std::cout << std::flush;
}

void summary(const RunArguments& arguments) {
  const Config config = config_of(arguments);
  const Examples examples = train::load_examples(config);
  const BuiltModel built = train::build_model(config, examples.shape, examples.classes);
  using enum Table::Align;
  Table table({right, left, left, right});
  table.add({"", "layer", "output", "parameters"});
  table.rule();
  table.add({"", "input", to_string(examples.shape), ""});
  for (size_t i = 0; i < built.layers.size(); ++i) {
    const train::BuiltLayer& layer = built.layers[i];
    table.add({cat(i), layer.name, to_string(layer.output), cat(layer.parameters)});
  }
  table.rule();
  table.add({"", "total", "", cat(built.parameters())});
  table.write(std::cout);
}

}  // namespace koine::cli
