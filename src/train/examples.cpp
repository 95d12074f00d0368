#include "train/examples.h"

#include "train/sources.h"

#include "base/format.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::train {

namespace {

char delimiter(const Config& config) { return config.data.delimiter.empty() ? '\0' : config.data.delimiter[0]; }

data::Dataset read_table(const Config& config) {
  try {
    return data::csv(config.data.file,
                     {.label = config.data.label, .scale = config.data.scale, .delimiter = delimiter(config)});
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

Examples load_columns(const Config& config, const std::optional<TableCode>& given) {
  const data::TextTable table = [&] {
    try {
      return read_columns(config, config.data.file);
    } catch (const IoError& error) {
      config.fail("data.file", error.what());
    }
  }();
  if (config.data.scale != 1)
    config.fail("data.scale", "columns that are named are brought to one scale by themselves");
  const RowSplit rows = split_labelled(config, table);
  Examples examples;
  examples.code = given ? *given : learn_code(config, table, rows.train);
  const auto part = [&](const Ints& chosen) {
    return chosen.empty() ? data::Dataset{} : encode(*examples.code, config, table, chosen, true);
  };
  examples.train = part(rows.train);
  examples.validation = part(rows.validation);
  examples.test = part(rows.test);
  examples.shape = {examples.code->inputs()};
  examples.classes = static_cast<int64_t>(examples.code->classes.size());
  if (config.train.loss == "cross_entropy" && examples.classes < 2)
    config.fail("data.label",
                cat("column '", examples.code->label, "' has one value only, so there is nothing to learn"));
  examples.in_both = rows.in_both;
  examples.unlabelled = rows.unlabelled;
  return examples;
}

void take_parts(const Config& config, const data::Dataset& all, Examples& examples) {
  const RowSplit rows = split_rows(config, std::vector<bool>(static_cast<size_t>(all.size()), true));
  const auto part = [&](const Ints& chosen) { return chosen.empty() ? data::Dataset{} : all.take(chosen); };
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
    if (count(shape) != floor_div(count(all.x.shape()), all.x.shape()[0]))
      config.fail("data.shape",
                  cat("examples of shape ", shape, " do not fit ", config.data.file, ", which has ", all.x.shape()));
    all = all.shape(shape);
  }
  for (int axis = 1; axis < all.x.rank(); ++axis) examples.shape.push_back(all.x.size(axis));
  if (config.train.loss == "cross_entropy") {
    examples.classes = count_classes(config, all.y);
    if (examples.code)
      examples.classes = std::max(examples.classes, static_cast<int64_t>(examples.code->classes.size()));
  } else {
    all.y = cast(all.y, {.dtype = float32});
  }
  if (is_floating(all.x.dtype()) && config.data.scale != 1) all.x = all.x * config.data.scale;
  if (!is_floating(all.x.dtype()) && all.x.dtype() != uint8)
    all.x = cast(all.x, {.dtype = float32}) * config.data.scale;
  if (all.x.dtype() == float64) all.x = cast(all.x, {.dtype = float32});
  take_parts(config, all, examples);
  return examples;
}

}  // namespace

Array as_input(const Config& config, const Array& x) {
  if (x.dtype() != uint8) return x;
  return cast(x, {.dtype = float32}) * (config.data.scale == 1 ? 1 / 255.0 : config.data.scale);
}

Examples load_examples(const Config& config, const std::optional<TableCode>& code) {
  if (has_columns(config)) return load_columns(config, code);
  if (kind_of(config.data.file) != SourceKind::table) return load_arrays(config);
  data::Dataset table = read_table(config);
  if (table.size() == 0) config.fail("data.file", cat(config.data.file, " has no rows"));
  Examples examples;
  give_shape(config, table, examples.shape);
  if (config.train.loss == "cross_entropy")
    examples.classes = count_classes(config, table.y);
  else
    table.y = cast(table.y, {.dtype = float32});
  take_parts(config, table, examples);
  return examples;
}

Array load_inputs(const Config& config, const std::string& file, const Shape& shape,
                  const std::optional<TableCode>& code) {
  if (kind_of(file) != SourceKind::table) {
    const Array x = read_arrays(config, file, false).examples.x;
    if (floor_div(count(x.shape()), x.shape()[0]) != count(shape))
      throw FormatError(cat(file, " has examples of ", x.shape(), ", but the model takes ", shape));
    Shape all{x.size(0)};
    for (const Dim& dim : shape) all.push_back(dim);
    return reshape(is_floating(x.dtype()) ? cast(x, {.dtype = float32}) * config.data.scale : x, {.shape = all});
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
  data::Dataset table = data::csv(file, {.label = none, .scale = config.data.scale, .delimiter = delimiter(config)});
  const int64_t columns = table.x.size(1);
  if (columns == wanted + 1)
    table = data::csv(file, {.label = config.data.label, .scale = config.data.scale, .delimiter = delimiter(config)});
  else if (columns != wanted)
    throw FormatError(
        cat(file, " has ", columns, " columns, but the model takes ", wanted, ", or ", wanted + 1, " with the label"));
  return table.shape(shape).x;
}

}  // namespace koine::train
