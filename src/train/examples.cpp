#include "train/examples.h"

#include "base/format.h"
#include "data/shuffle.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>

namespace koine::train {

namespace {

data::Dataset read_table(const Config& config) {
  try {
    return data::csv(config.data.file, {.label = config.data.label, .scale = config.data.scale});
  } catch (const IoError& error) {
    config.fail("data.file", error.what());
  } catch (const IndexError& error) {
    config.fail("data.label", error.what());
  }
}

void give_shape(const Config& config, data::Dataset& table, Shape& shape) {
  const int64_t columns = table.x.size(1);
  shape = config.data.shape.empty() ? Shape{columns} : Shape(config.data.shape);
  const int64_t wanted = count(shape).value();
  if (wanted != columns)
    config.fail("data.shape", cat("shape ", to_string(shape), " holds ", wanted, " numbers, but an example of ",
                                  config.data.file, " has ", columns, " besides the label"));
  table = table.shape(shape);
}

int64_t rows_in_both(const DataConfig& config, int64_t rows) {
  const auto [first, last] = config.train.resolve(rows);
  const auto [test_first, test_last] = config.test->resolve(rows);
  return std::max<int64_t>(0, std::min(last, test_last) - std::max(first, test_first));
}

data::Dataset rows_of(const Config& config, const data::Dataset& table, const RowRange& range, std::string_view path) {
  const auto [first, last] = range.resolve(table.size());
  if (first == last)
    config.fail(path, cat(path, " names no rows: ", config.data.file, " has the rows 0:", table.size()));
  return table.rows(first, last);
}

// The order of the rows from which the validation is drawn.
constexpr int64_t validation_key = 3;

void take_validation(const Config& config, const data::Dataset& table, Examples& examples) {
  const Validation& validate = config.data.validate;
  if (validate.rows) examples.validation = rows_of(config, table, *validate.rows, "data.validate");
  if (validate.part == 0) return;
  const int64_t rows = examples.train.size();
  const auto taken = static_cast<int64_t>(std::llround(validate.part * static_cast<double>(rows)));
  if (taken == 0 || taken == rows)
    config.fail("data.validate", cat("this part of ", rows, " training rows leaves nothing to ",
                                     taken == 0 ? "validate by" : "train on"));
  Ints order = data::shuffled(Key(fold_in(Key(config.train.seed), validation_key)), 0, rows);
  // In their own order, so that the file's rows can be told.
  std::sort(order.begin(), order.begin() + taken);
  std::sort(order.begin() + taken, order.end());
  examples.validation = examples.train.take({order.begin(), order.begin() + taken});
  examples.train = examples.train.take({order.begin() + taken, order.end()});
}

int64_t count_classes(const Config& config, const Array& labels) {
  if (labels.dtype() != int64)
    config.fail("data.label",
                "cross_entropy takes whole numbers 0, 1, 2 and so on as labels, and this column has "
                "others; choose another column, or loss = \"mse\" under [train] for quantities");
  const std::vector<int64_t> values = labels.to_vector<int64_t>();
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*least < 0)
    config.fail("data.label", cat("cross_entropy takes labels from 0, and this column has ", *least,
                                  "; number the classes 0, 1, 2 and so on"));
  // More would be a table in which another column was taken for the label.
  constexpr int64_t most_classes = 1'000'000;
  if (*most >= most_classes)
    config.fail("data.label", cat("cross_entropy takes classes, and this column has the number ", *most,
                                  "; choose another column, or loss = \"mse\" under [train] for quantities"));
  return *most + 1;
}

}  // namespace

Examples load_examples(const Config& config) {
  data::Dataset table = read_table(config);
  if (table.size() == 0) config.fail("data.file", cat(config.data.file, " has no rows"));
  Examples examples;
  give_shape(config, table, examples.shape);
  if (config.train.loss == "cross_entropy")
    examples.classes = count_classes(config, table.y);
  else
    table.y = cast(table.y, {.dtype = float32});
  examples.train = rows_of(config, table, config.data.train, "data.train");
  take_validation(config, table, examples);
  if (config.data.test) {
    examples.test = rows_of(config, table, *config.data.test, "data.test");
    examples.in_both = rows_in_both(config.data, table.size());
  }
  return examples;
}

Array load_inputs(const Config& config, const std::string& file, const Shape& shape) {
  const int64_t wanted = count(shape).value();
  data::Dataset table = data::csv(file, {.label = none, .scale = config.data.scale});
  const int64_t columns = table.x.size(1);
  if (columns == wanted + 1)
    table = data::csv(file, {.label = config.data.label, .scale = config.data.scale});
  else if (columns != wanted)
    throw FormatError(
        cat(file, " has ", columns, " columns, but the model takes ", wanted, ", or ", wanted + 1, " with the label"));
  return table.shape(shape).x;
}

}  // namespace koine::train
