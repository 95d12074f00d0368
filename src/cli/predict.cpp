// koine predict: what a model says of examples that it is given.
#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "cli/outputs.h"
#include "cli/session.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/sources.h"

#include <koine/ops.h>

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace koine::cli {

namespace {

using Code = std::optional<train::TableCode>;

// A text of others as it goes to standard output: as it is to a file or a program, printable to a terminal.
std::string shown(const std::string& text) {
  static const bool terminal = isatty(STDOUT_FILENO);
  return terminal ? printable_name(text) : text;
}

// A text as a field of CSV.
std::string csv_field(const std::string& name) {
  const std::string text = shown(name);
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// What the predictions are of, and in which words they are told.
struct Said {
  const RunArguments& arguments;
  const Code& code;
  /// Of each row, for images; else empty.
  std::vector<std::string> files;

  // What stands before the answer about a row.
  std::string before(size_t row) const {
    if (arguments.json) return files.empty() ? "{" : cat("{\"file\": ", json_text(files[row]), ", ");
    return files.empty() ? "" : csv_field(files[row]) + ",";
  }
  void head(const std::string& columns) const {
    if (!arguments.json) std::cout << (files.empty() ? "" : "file,") << columns << '\n';
  }
};

// The most likely class of each row and its probability; as JSON the probabilities of all.
void write_classes(const Said& said, const Array& outputs) {
  const auto values = outputs.to_vector<float>();
  const auto classes = static_cast<size_t>(outputs.size(1));
  const auto name = [&](size_t number) { return class_name(said.code, static_cast<int64_t>(number)); };
  said.head("class,probability");
  for (size_t row = 0; row * classes < values.size(); ++row) {
    const float* of_row = values.data() + row * classes;
    const auto best = static_cast<size_t>(std::max_element(of_row, of_row + classes) - of_row);
    std::cout << said.before(row);
    if (!said.arguments.json) {
      std::cout << csv_field(name(best)) << ',' << of_row[best] << '\n';
      continue;
    }
    std::cout << "\"class\": " << json_text(name(best)) << ", \"probabilities\": {";
    for (size_t i = 0; i < classes; ++i) std::cout << (i ? ", " : "") << json_text(name(i)) << ": " << of_row[i];
    std::cout << "}}\n";
  }
  std::cout << std::flush;
}

void write_quantities(const Said& said, const Array& outputs) {
  const std::vector<double> values = outputs.to_vector<double>();
  const auto width = static_cast<size_t>(outputs.size() / outputs.size(0));
  const bool known = said.code && said.code->targets.size() == width;
  std::vector<std::string> names;
  for (size_t i = 0; i < width; ++i)
    names.push_back(width == 1 ? "value" : known ? said.code->targets[i].column : cat("value_", i));
  std::string columns;
  for (const std::string& name : names) columns += (columns.empty() ? "" : ",") + csv_field(name);
  said.head(columns);
  for (size_t row = 0; row * width < values.size(); ++row) {
    std::cout << said.before(row);
    for (size_t i = 0; i < width; ++i) {
      double value = values[row * width + i];
      if (known) value = value * said.code->targets[i].scale + said.code->targets[i].mean;
      if (said.arguments.json)
        std::cout << (i ? ", " : "") << json_text(names[i]) << ": " << cat(value);
      else
        std::cout << (i ? "," : "") << static_cast<float>(value);
    }
    std::cout << (said.arguments.json ? "}\n" : "\n");
  }
  std::cout << std::flush;
}

// Each line of a text as the model goes on with it, always by the likeliest symbol.
void write_texts(const RunArguments& arguments, const train::Config& config, const nn::Stack& model,
                 const train::TextCode& code) {
  for (const std::string& line : train::lines_of(train::read_text(arguments.data, 0, config.data.expansion))) {
    Ints written = code.numbers(line);
    const auto begin = static_cast<int64_t>(written.size());
    for (int64_t step = 0; step < code.length; ++step) {
      const auto length = static_cast<int64_t>(written.size()), first = std::max<int64_t>(0, length - code.length);
      // Always as long as in training: what is filled up stands behind.
      Ints seen(written.begin() + first, written.end());
      seen.resize(static_cast<size_t>(code.length));
      const Array scores = model(from(seen, {1, code.length})).at(0, length - first - 1);
      // Neither nothing nor what is not known can be written.
      written.push_back(argmax(scores.at(Slice{1, -1})).item<int64_t>() + 1);
    }
    const std::string added = code.text(Ints(written.begin() + begin, written.end()));
    if (arguments.json)
      std::cout << "{\"text\": " << json_text(line) << ", \"continued\": " << json_text(added) << "}\n";
    else
      std::cout << shown(line + added) << '\n';
  }
  std::cout << std::flush;
}

// Of one example: with the shape in the config, or a code, the training data need not be at hand.
train::ModelFacts facts_of(const train::Config& config, const Code& code, const std::string& file) {
  if (code && code->text) return {{code->inputs()}, -1, {}, code->text->vocabulary()};
  if (train::has_columns(config)) return {{code->inputs()}};
  if (!config.data.shape.empty()) return {Shape(config.data.shape)};
  if (train::kind_of(file) == train::SourceKind::images)
    return {{config.data.size[0], config.data.size.back(), config.data.channels == "grey" ? 1 : 3}};
  return {train::load_examples(config).shape};
}

}  // namespace

void predict(const RunArguments& arguments) {
  const train::Config config = config_of(arguments);
  check_outputs(arguments, config, weights_of(arguments, config));
  const Code code = code_of(arguments, config);
  const train::ModelFacts facts = facts_of(config, code, arguments.data);
  const nn::Stack model = load_model(arguments, config, facts, code);
  if (code && code->text && code->text->column.empty()) return write_texts(arguments, config, model, *code->text);
  Said said{arguments, code, {}};
  const Array x = train::load_inputs(config, arguments.data, facts.example, code, &said.files);
  const Array outputs = train::predict(config, x, model);
  if (train::predicts_classes(config.train) && outputs.rank() == 2)
    write_classes(said, outputs);
  else
    write_quantities(said, outputs);
}

}  // namespace koine::cli
