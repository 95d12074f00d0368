#include "train/examples.h"

#include "train/losses.h"
#include "train/sources.h"

#include "base/format.h"
#include "base/printable.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::train {

namespace {

char delimiter(const Config& config) { return config.data.delimiter.empty() ? '\0' : config.data.delimiter[0]; }

data::Dataset read_table(const Config& config, std::vector<std::string>& damaged) {
  try {
    return data::csv(config.data.file, {.label = config.data.label,
                                        .scale = config.data.scale,
                                        .delimiter = delimiter(config),
                                        .damaged = config.data.damaged == "skip" ? &damaged : nullptr,
                                        .memory = static_cast<int64_t>(config.data.memory * 1e6),
                                        .expansion = config.data.expansion});
  } catch (const IoError& error) {
    config.fail("data.file", error.what());
  } catch (const IndexError& error) {
    config.fail("data.label", error.what());
  }
}

void give_shape(const Config& config, data::Dataset& table, Shape& shape) {
  const int64_t columns = table.example()[0].value();
  shape = config.data.shape.empty() ? Shape{columns} : Shape(config.data.shape);
  const int64_t wanted = count(shape).value();
  if (wanted != columns)
    config.fail("data.shape", cat("shape ", to_string(shape), " holds ", wanted, " numbers, but an example of ",
                                  config.data.file, " has ", columns, " besides the label"));
  table = table.shape(shape);
}

int64_t count_classes(const Config& config, const Array& labels) {
  if (labels.dtype() != int64)
    config.fail("data.label", cat(config.train.loss,
                                  " takes whole numbers 0, 1, 2 and so on as labels, and this column has "
                                  "others; choose another column, or loss = \"mse\" under [train] for quantities"));
  std::vector<int64_t> values = labels.to_vector<int64_t>();
  // Labels of ctc are filled up with numbers below 0.
  if (config.train.loss == "ctc") std::erase_if(values, [](int64_t value) { return value < 0; });
  if (values.empty()) config.fail("data.labels", "there are no labels");
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*least < 0)
    config.fail("data.label", cat(config.train.loss, " takes labels from 0, and this column has ", *least,
                                  "; number the classes 0, 1, 2 and so on"));
  // More would be a table in which another column was taken for the label.
  constexpr int64_t most_classes = 1'000'000;
  if (*most >= most_classes)
    config.fail("data.label", cat(config.train.loss, " takes classes, and this column has the number ", *most,
                                  "; choose another column, or loss = \"mse\" under [train] for quantities"));
  return *most + 1;
}

Examples load_columns(const Config& config, const std::optional<TableCode>& given) {
  Examples examples;
  const data::TextTable table = [&] {
    try {
      return read_columns(config, config.data.file, &examples.damaged);
    } catch (const IoError& error) {
      config.fail("data.file", error.what());
    }
  }();
  if (config.data.scale != 1)
    config.fail("data.scale", "columns that are named are brought to one scale by themselves");
  const RowSplit rows = split_labelled(config, table, &examples.damaged);
  examples.code = given ? *given : learn_code(config, table, rows.train);
  const auto part = [&](const Ints& chosen) {
    return chosen.empty() ? data::Dataset{} : encode(*examples.code, config, table, chosen, true);
  };
  examples.train = part(rows.train);
  examples.validation = part(rows.validation);
  examples.test = part(rows.test);
  examples.shape = {examples.code->inputs()};
  examples.classes = static_cast<int64_t>(examples.code->classes.size());
  if (examples.code->targets.size() > 1) examples.label = {static_cast<int64_t>(examples.code->targets.size())};
  if (has_classes(config.train) && examples.classes < 2)
    config.fail("data.label",
                cat("column '", examples.code->label, "' has one value only, so there is nothing to learn"));
  examples.in_both = rows.in_both;
  examples.unlabelled = rows.unlabelled;
  return examples;
}

// Numbers as models take them; bytes stay bytes until they are used (as_input).
Array scaled(const Array& x, double scale) {
  if (x.dtype() == uint8) return x;
  const Array numbers = is_floating(x.dtype()) ? x : cast(x, {.dtype = float32});
  const Array all = scale == 1 ? numbers : numbers * scale;
  return all.dtype() == float64 ? cast(all, {.dtype = float32}) : all;
}

/// The same of examples that lie elsewhere.
class Scaled final : public data::Reader {
 public:
  Scaled(data::ReaderPtr all, double scale) : all_(std::move(all)), scale_(scale) {}
  int64_t size() const override { return all_->size(); }
  Shape example() const override { return all_->example(); }
  Array read(const Ints& rows) const override { return scaled(all_->read(rows), scale_); }

 private:
  data::ReaderPtr all_;
  double scale_;
};

void take_parts(const Config& config, const data::Dataset& all, Examples& examples) {
  const RowSplit rows = split_rows(config, std::vector<bool>(static_cast<size_t>(all.size()), true));
  const auto part = [&](const Ints& chosen) { return chosen.empty() ? data::Dataset{} : all.subset(chosen); };
  examples.train = part(rows.train);
  examples.validation = part(rows.validation);
  examples.test = part(rows.test);
  examples.in_both = rows.in_both;
}

Examples load_arrays(const Config& config) {
  ArraySource source = [&] {
    try {
      return read_arrays(config, config.data.file, true);
    } catch (const IoError& error) {
      config.fail("data.file", error.what());
    } catch (const FormatError& error) {
      config.fail("data.file", error.what());
    }
  }();
  Examples examples;
  examples.damaged = std::move(source.damaged);
  if (!source.classes.empty()) {
    examples.code.emplace();
    examples.code->classes = source.classes;
  }
  data::Dataset& all = source.examples;
  if (!config.data.shape.empty()) {
    const Shape shape(config.data.shape);
    if (count(shape) != count(all.example()))
      config.fail("data.shape", cat("examples of shape ", shape, " do not fit ", config.data.file,
                                    ", whose examples have ", all.example()));
    all = all.shape(shape);
  }
  examples.shape = all.example();
  for (int axis = 1; axis < all.y.rank(); ++axis) examples.label.push_back(all.y.size(axis));
  if (has_classes(config.train)) {
    examples.classes = count_classes(config, all.y);
    if (examples.code)
      examples.classes = std::max(examples.classes, static_cast<int64_t>(examples.code->classes.size()));
  } else {
    all.y = cast(all.y, {.dtype = float32});
  }
  if (all.reader)
    all.reader = data::ReaderPtr(new Scaled(all.reader, config.data.scale));
  else
    all.x = scaled(all.x, config.data.scale);
  take_parts(config, all, examples);
  return examples;
}

// A text in windows; what is learnt of each symbol is the next one.
Examples load_text(const Config& config, const std::optional<TableCode>& given) {
  if (config.train.loss != "cross_entropy")
    config.fail("train.loss", "a text is learnt symbol by symbol, by loss = \"cross_entropy\"");
  std::string text;
  try {
    text = read_text(config.data.file, 1, config.data.expansion);
  } catch (const IoError& error) {
    config.fail("data.file", error.what());
  }
  Examples examples;
  if (given) {
    examples.code = given;
  } else {
    examples.code.emplace();
    examples.code->text =
        learn_text({text}, config.data.unit == "byte", config.data.length > 0 ? config.data.length : usual_text_length);
  }
  const TextCode& code = *examples.code->text;
  const data::Dataset all = windows(code, text);
  if (all.size() < 2)
    config.fail("data.length",
                cat("the text has ", all.size(), " windows of ", code.length, " symbols; take a smaller length"));
  examples.shape = examples.label = {code.length};
  examples.classes = code.vocabulary();
  take_parts(config, all, examples);
  return examples;
}

// What every class counts, by the config.
Array weights_of(const Config& config, const Examples& examples) {
  const ClassWeights& weights = config.train.class_weights;
  if (weights.given.empty() && !weights.balanced) return {};
  if (!predicts_classes(config.train))
    config.fail(
        "train.class_weights",
        cat("weights of classes are for cross_entropy and binary_cross_entropy, the loss is ", config.train.loss));
  std::vector<double> each = weights.given;
  if (weights.balanced) {
    each.assign(static_cast<size_t>(examples.classes), 0);
    const auto labels = examples.train.y.to_vector<int64_t>();
    for (const int64_t label : labels) ++each[static_cast<size_t>(label)];
    for (double& one : each)
      one = one == 0 ? 1 : static_cast<double>(labels.size()) / (one * static_cast<double>(each.size()));
  }
  if (static_cast<int64_t>(each.size()) != examples.classes)
    config.fail("train.class_weights",
                cat("there are ", examples.classes, " classes, but ", each.size(), " weights of classes"));
  return from(std::vector<float>(each.begin(), each.end()), {examples.classes});
}

Examples load(const Config& config, const std::optional<TableCode>& code) {
  if (has_columns(config)) return load_columns(config, code);
  const SourceKind kind = kind_of(config.data.file);
  if (kind == SourceKind::text) return load_text(config, code);
  if (kind != SourceKind::table) return load_arrays(config);
  Examples examples;
  data::Dataset table = read_table(config, examples.damaged);
  if (table.size() == 0) config.fail("data.file", cat(config.data.file, " has no rows"));
  give_shape(config, table, examples.shape);
  if (has_classes(config.train))
    examples.classes = count_classes(config, table.y);
  else
    table.y = cast(table.y, {.dtype = float32});
  take_parts(config, table, examples);
  return examples;
}

}  // namespace

Array as_input(const Config& config, const Array& x) {
  if (x.dtype() != uint8) return x;
  return cast(x, {.dtype = float32}) * (config.data.scale == 1 ? 1 / 255.0 : config.data.scale);
}

ModelFacts Examples::facts() const {
  ModelFacts facts{shape, classes, label, code && code->text ? code->text->vocabulary() : 0};
  // Images are never looked up.
  if (train.x.defined() && train.x.dtype() != uint8) facts.largest = max(train.x).item<double>();
  return facts;
}

Examples load_examples(const Config& config, const std::optional<TableCode>& code) {
  Examples examples = load(config, code);
  if (config.train.loss == "binary_cross_entropy" && examples.classes != 2)
    config.fail("train.loss", cat("binary_cross_entropy tells two classes apart, and the labels name ",
                                  examples.classes, "; take loss = \"cross_entropy\""));
  examples.class_weights = weights_of(config, examples);
  return examples;
}

Array load_inputs(const Config& config, const std::string& file, const Shape& shape,
                  const std::optional<TableCode>& code, std::vector<std::string>* files) {
  // A text has an example on each line.
  if (code && code->text && kind_of(file) == SourceKind::text)
    return code->text->encode(lines_of(read_text(file, 0, config.data.expansion)));
  if (kind_of(file) != SourceKind::table) {
    const ArraySource source = read_arrays(config, file, false);
    const data::Dataset& all = source.examples;
    if (files) *files = source.files;
    if (count(all.example()) != count(shape))
      throw FormatError(cat(printable_name(file), " has examples of ", all.example(), ", but the model takes ", shape));
    const data::Dataset shaped = all.shape(shape);
    return scaled(shaped.rows(0, shaped.size()).x, config.data.scale);
  }
  if (code && has_columns(config)) {
    const data::TextTable table = read_columns(config, file);
    Config there = config;
    there.data.file = file;
    Ints rows;
    for (size_t row = 0; row < table.rows; ++row) rows.push_back(static_cast<int64_t>(row));
    return encode(*code, there, table, rows, false).x;
  }
  const int64_t wanted = count(shape).value();
  data::Dataset table = data::csv(
      file,
      {.label = none, .scale = config.data.scale, .delimiter = delimiter(config), .expansion = config.data.expansion});
  const int64_t columns = table.x.size(1);
  if (columns == wanted + 1)
    table = data::csv(file, {.label = config.data.label,
                             .scale = config.data.scale,
                             .delimiter = delimiter(config),
                             .expansion = config.data.expansion});
  else if (columns != wanted)
    throw FormatError(cat(printable_name(file), " has ", columns, " columns, but the model takes ", wanted, ", or ",
                          wanted + 1, " with the label"));
  return table.shape(shape).x;
}

}  // namespace koine::train
