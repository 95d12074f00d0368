#include "train/examples.h"

#include "train/losses.h"
#include "train/sources.h"

#include "base/format.h"
#include "base/hash.h"
#include "base/printable.h"

#include <koine/ops.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace koine::train {

namespace {

char delimiter(const Config& config) { return config.data.delimiter.empty() ? '\0' : config.data.delimiter[0]; }

data::Dataset read_table(const Config& config, const Trained& trained, Examples& examples) {
  try {
    return data::csv(config.data.file, {.label = config.data.label,
                                        .scale = config.data.scale,
                                        .delimiter = delimiter(config),
                                        .encoding = config.data.encoding,
                                        .damaged = config.data.damaged == "skip" ? &examples.damaged : nullptr,
                                        .inputs = trained.data ? trained.data->columns : std::vector<std::string>(),
                                        .columns = &examples.data.columns,
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

std::string hash_of(const void* bytes, size_t count) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_bytes(bytes, count)));
  return digits;
}

void note_rows(const Array& y, Examples& examples) {
  examples.data.rows = y.size(0);
  examples.data.hash = hash_of(y.data(), static_cast<size_t>(y.size()) * size_of(y.dtype()));
}

// Rows that a model was trained on say nothing of it. Which they were follows from the config that it was trained with,
// as long as the data are the same.
template <class Split>
void check_unseen(const Config& config, const Trained& trained, const RowSplit& rows, Examples& examples, Split split) {
  if (!trained.config || !trained.data) return;
  if (!trained.data->same_rows(examples.data)) {
    examples.remarks.push_back(cat(config.data.file,
                                   " has other rows than the weights were trained with, so nothing says which of them "
                                   "the model has seen"));
    return;
  }
  const RowSplit then = split(*trained.config);
  const Ints& judged = rows.test.empty() ? rows.validation : rows.test;
  if (judged == (rows.test.empty() ? then.validation : then.test)) return;
  const std::set<int64_t> seen(then.train.begin(), then.train.end());
  const auto count = std::count_if(judged.begin(), judged.end(), [&](int64_t row) { return seen.contains(row); });
  if (count > 0)
    config.fail(changed_split(trained, config),
                cat(count, " of the ", judged.size(), " rows to judge by are rows that the weights ", trained.file,
                    " were trained on: train, test, validate and seed are those of the run, or the data are others"));
}

Examples load_columns(const Config& config, const Trained& trained) {
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
  examples.code = trained.code ? *trained.code : learn_code(config, table, rows.train, &examples.remarks);
  const std::string learnt = learnt_texts(config, table);
  examples.data.rows = static_cast<int64_t>(table.rows);
  examples.data.hash = hash_of(learnt.data(), learnt.size());
  check_unseen(config, trained, rows, examples, [&](const Config& then) {
    std::vector<std::string> ignored;
    return split_labelled(then, table, &ignored);
  });
  const auto part = [&](const Ints& chosen) {
    return chosen.empty() ? data::Dataset{} : encode(*examples.code, config, table, chosen, true);
  };
  examples.train = part(rows.train);
  examples.validation = part(rows.validation);
  examples.test = part(rows.test);
  examples.shape = examples.data.shape = {examples.code->inputs()};
  examples.classes = static_cast<int64_t>(examples.code->classes.size());
  if (examples.code->targets.size() > 1) examples.label = {static_cast<int64_t>(examples.code->targets.size())};
  if (has_classes(config.train) && examples.classes < 2)
    config.fail("data.label",
                cat("column '", examples.code->label, "' has one value only, so there is nothing to learn"));
  examples.in_both = rows.in_both;
  examples.unlabelled = rows.unlabelled;
  return examples;
}

DType scaled_dtype(DType dtype) { return dtype == uint8 || (is_floating(dtype) && dtype != float64) ? dtype : float32; }

/// What `scaled` gives, of examples that lie elsewhere.
class Scaled final : public data::Reader {
 public:
  Scaled(data::ReaderPtr all, double scale) : all_(std::move(all)), scale_(scale) {}
  int64_t size() const override { return all_->size(); }
  Shape example() const override { return all_->example(); }
  DType dtype() const override { return scaled_dtype(all_->dtype()); }
  Array read(const Ints& rows) const override { return scaled(all_->read(rows), scale_); }

 private:
  data::ReaderPtr all_;
  double scale_;
};

void take_parts(const Config& config, const Trained& trained, const data::Dataset& all, Examples& examples) {
  const std::vector<bool> labelled(static_cast<size_t>(all.size()), true);
  const RowSplit rows = split_rows(config, labelled);
  examples.data.shape = examples.shape;
  note_rows(all.y, examples);
  check_unseen(config, trained, rows, examples, [&](const Config& then) { return split_rows(then, labelled); });
  const auto part = [&](const Ints& chosen) { return chosen.empty() ? data::Dataset{} : all.subset(chosen); };
  examples.train = part(rows.train);
  examples.validation = part(rows.validation);
  examples.test = part(rows.test);
  examples.in_both = rows.in_both;
}

// The classes by the names that the weights note, whatever other folders there are.
void number_classes(const std::vector<std::string>& known, const std::vector<std::string>& found,
                    const std::string& file, Array& y) {
  std::vector<int64_t> number;
  for (const std::string& name : found) {
    const auto place = std::find(known.begin(), known.end(), name);
    if (place == known.end())
      throw FormatError(cat(printable_name(file), ": '", printable_name(name), "' is no class of the weights"));
    number.push_back(place - known.begin());
  }
  std::vector<int64_t> labels = y.to_vector<int64_t>();
  for (int64_t& label : labels) label = number.at(static_cast<size_t>(label));
  y = from(labels, {std::ssize(labels)});
}

Examples load_arrays(const Config& config, const Trained& trained) {
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
  for (const auto& one : source.left_out) examples.damaged.push_back(one.problem);
  data::Dataset& all = source.examples;
  if (!source.classes.empty()) {
    examples.code.emplace();
    examples.code->classes = source.classes;
    if (trained.code && trained.code->classes != source.classes) {
      number_classes(trained.code->classes, source.classes, config.data.file, all.y);
      examples.code->classes = trained.code->classes;
    }
  }
  examples.data.bytes = all.dtype() == uint8;
  check_bytes(trained, examples.data.bytes, config.data.file);
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
  take_parts(config, trained, all, examples);
  return examples;
}

// A text in windows; what is learnt of each symbol is the next one.
Examples load_text(const Config& config, const Trained& trained) {
  if (config.train.loss != "cross_entropy")
    config.fail("train.loss", "a text is learnt symbol by symbol, by loss = \"cross_entropy\"");
  std::string text;
  try {
    text = read_text(config.data, config.data.file, 1);
  } catch (const IoError& error) {
    config.fail("data.file", error.what());
  }
  Examples examples;
  if (trained.code) {
    examples.code = trained.code;
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
  take_parts(config, trained, all, examples);
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

Examples load(const Config& config, const Trained& trained) {
  if (has_columns(config)) return load_columns(config, trained);
  const SourceKind kind = kind_of(config.data.file);
  if (kind == SourceKind::text) return load_text(config, trained);
  if (kind != SourceKind::table) return load_arrays(config, trained);
  Examples examples;
  check_bytes(trained, false, config.data.file);
  data::Dataset table = read_table(config, trained, examples);
  if (table.size() == 0) config.fail("data.file", cat(config.data.file, " has no rows"));
  give_shape(config, table, examples.shape);
  if (has_classes(config.train))
    examples.classes = count_classes(config, table.y);
  else
    table.y = cast(table.y, {.dtype = float32});
  take_parts(config, trained, table, examples);
  return examples;
}

}  // namespace

Array scaled(const Array& x, double scale) {
  if (x.dtype() == uint8) return x;
  const Array numbers = is_floating(x.dtype()) ? x : cast(x, {.dtype = float32});
  return cast(scale == 1 ? numbers : numbers * scale, {.dtype = scaled_dtype(x.dtype())});
}

void check_bytes(const Trained& trained, bool bytes, const std::string& file) {
  if (!trained.data || trained.data->bytes == bytes) return;
  const char *then = bytes ? "other numbers" : "bytes (uint8)", *now = bytes ? "bytes (uint8)" : "other numbers";
  throw FormatError(cat(printable_name(file), ": has ", now, ", but the weights ", printable_name(trained.file),
                        " were trained on ", then, ", which are at another scale; convert them"));
}

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

Examples load_examples(const Config& config, const Trained& trained) {
  Examples examples = load(config, trained);
  if (config.train.loss == "binary_cross_entropy" && examples.classes != 2)
    config.fail("train.loss", cat("binary_cross_entropy tells two classes apart, and the labels name ",
                                  examples.classes, "; take loss = \"cross_entropy\""));
  examples.class_weights = weights_of(config, examples);
  return examples;
}

}  // namespace koine::train
