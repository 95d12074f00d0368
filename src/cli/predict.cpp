// koine predict: what a model says of examples that it is given.
#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "cli/outputs.h"
#include "cli/session.h"
#include "train/fit.h"
#include "train/inputs.h"
#include "train/losses.h"
#include "train/sources.h"

#include <koine/ops.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
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
  const train::Inputs& inputs;

  // What stands before the answer about a row.
  std::string before(size_t row) const {
    const auto& files = inputs.files;
    if (arguments.json) return files.empty() ? "{" : cat("{\"file\": ", json_text(files[row]), ", ");
    return files.empty() ? "" : csv_field(files[row]) + ",";
  }
  void head(const std::string& columns) const {
    if (!arguments.json) std::cout << (inputs.files.empty() ? "" : "file,") << columns << '\n';
  }
  // In the place of an answer with so many fields: every row has its line.
  void no_answer(size_t row, size_t fields, const std::string& why) const {
    tell(why);
    std::cout << before(row)
              << (arguments.json ? cat("\"error\": ", json_text(why), "}") : std::string(fields - 1, ',')) << '\n';
  }
  // Calls `write` with the number of each row and of its answer.
  template <class Write>
  void each(size_t fields, Write write) const {
    size_t answer = 0;
    for (size_t row = 0; row < inputs.problems.size(); ++row)
      if (inputs.problems[row].empty())
        write(row, answer++);
      else
        no_answer(row, fields, inputs.problems[row]);
    std::cout << std::flush;
  }
};

bool has_nan(const double* values, size_t count) {
  return std::any_of(values, values + count, [](double value) { return std::isnan(value); });
}
std::string no_number(size_t row) { return cat("the model gives no number for row ", row + 1); }

// JSON has no infinities.
std::string json_number(double value) { return std::isfinite(value) ? cat(value) : "null"; }

// The most likely class of each row and its probability; as JSON the probabilities of all.
void write_classes(const Said& said, const Array& outputs) {
  const auto classes = static_cast<size_t>(outputs.size(1));
  const auto values = outputs.to_vector<double>();
  const auto name = [&](size_t number) { return class_name(said.code, static_cast<int64_t>(number)); };
  said.head("class,probability");
  said.each(2, [&](size_t row, size_t answer) {
    const double* of_row = values.data() + answer * classes;
    if (has_nan(of_row, classes)) return said.no_answer(row, 2, no_number(row));
    const auto best = static_cast<size_t>(std::max_element(of_row, of_row + classes) - of_row);
    std::cout << said.before(row);
    if (!said.arguments.json) {
      std::cout << csv_field(name(best)) << ',' << static_cast<float>(of_row[best]) << '\n';
      return;
    }
    std::cout << "\"class\": " << json_text(name(best)) << ", \"probabilities\": {";
    for (size_t i = 0; i < classes; ++i)
      std::cout << (i ? ", " : "") << json_text(name(i)) << ": " << static_cast<float>(of_row[i]);
    std::cout << "}}\n";
  });
}

void write_quantities(const Said& said, const Array& outputs) {
  const auto width = static_cast<size_t>(outputs.size() / outputs.size(0));
  const auto values = outputs.to_vector<double>();
  const bool known = said.code && said.code->targets.size() == width;
  std::vector<std::string> names;
  for (size_t i = 0; i < width; ++i)
    names.push_back(width == 1 ? "value" : known ? said.code->targets[i].column : cat("value_", i));
  std::string columns;
  for (const std::string& name : names) columns += (columns.empty() ? "" : ",") + csv_field(name);
  said.head(columns);
  said.each(width, [&](size_t row, size_t answer) {
    const double* of_row = values.data() + answer * width;
    if (has_nan(of_row, width)) return said.no_answer(row, width, no_number(row));
    std::cout << said.before(row);
    for (size_t i = 0; i < width; ++i) {
      double value = of_row[i];
      if (known) value = value * said.code->targets[i].scale + said.code->targets[i].mean;
      if (said.arguments.json)
        std::cout << (i ? ", " : "") << json_text(names[i]) << ": " << json_number(value);
      else
        std::cout << (i ? "," : "") << static_cast<float>(value);
    }
    std::cout << (said.arguments.json ? "}\n" : "\n");
  });
}

// Each line of a text as the model goes on with it, always by the likeliest symbol.
void write_texts(const RunArguments& arguments, const train::Config& config, const nn::Stack& model,
                 const train::TextCode& code) {
  for (const std::string& line : train::lines_of(train::read_text(config.data, arguments.data, 0))) {
    Ints written = code.numbers(line);
    if (written.empty()) {
      // Every line has its line.
      tell("an empty line has nothing to go on with");
      std::cout << (arguments.json ? "{\"text\": \"\", \"error\": \"nothing to go on with\"}" : "") << '\n';
      continue;
    }
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

// Of one example, by what the weights note; where they note nothing, by the config or the data that it names.
train::ModelFacts facts_of(const train::Config& config, const train::Trained& trained, const std::string& file) {
  const Code& code = trained.code;
  if (code && code->text) return {{code->inputs()}, -1, {}, code->text->vocabulary()};
  if (train::has_columns(config)) return {{code->inputs()}};
  if (trained.data) return {trained.data->shape};
  if (!config.data.shape.empty()) return {Shape(config.data.shape)};
  if (train::kind_of(file) == train::SourceKind::images)
    return {{config.data.size[0], config.data.size.back(), config.data.channels == "grey" ? 1 : 3}};
  return {train::load_examples(config).shape};
}

}  // namespace

void predict(const RunArguments& arguments) {
  const train::Config config = config_of(arguments);
  check_outputs(arguments, config, weights_of(arguments, config));
  const train::Trained trained = trained_of(arguments, config);
  const Code& code = trained.code;
  const train::ModelFacts facts = facts_of(config, trained, arguments.data);
  const nn::Stack model = load_model(config, facts, trained);
  if (code && code->text && code->text->column.empty()) return write_texts(arguments, config, model, *code->text);
  const train::Inputs inputs = train::load_inputs(config, arguments.data, facts.example, trained);
  for (const std::string& remark : inputs.remarks) tell(remark);
  // Where nothing could be read, an example of zeros shows what answers there would be.
  Shape one = facts.example;
  one.insert(0, 1);
  const Array outputs = train::predict(config, inputs.x.defined() ? inputs.x : zeros({.shape = one}), model);
  const Said said{arguments, code, inputs};
  if (train::predicts_classes(config.train) && outputs.rank() == 2)
    write_classes(said, outputs);
  else
    write_quantities(said, outputs);
}

}  // namespace koine::cli
