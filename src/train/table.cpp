#include "train/table.h"

#include "train/losses.h"

#include "base/format.h"
#include "base/printable.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

namespace koine::train {

namespace {

using data::TextTable;

bool is_missing(const Config& config, std::string_view text) {
  return std::find(config.data.missing.begin(), config.data.missing.end(), text) != config.data.missing.end();
}

std::string at_row(const std::string& file, const TextTable& table, size_t row) {
  return cat(printable_name(file), ":", table.lines[row], ": ");
}

// The column of a name. Throws ConfigError at the setting that names it.
size_t column_of(const Config& config, const TextTable& table, const std::string& name, std::string_view path) {
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found != table.names.end()) return static_cast<size_t>(found - table.names.begin());
  const std::vector<std::string_view> names(table.names.begin(), table.names.end());
  const std::string guess = did_you_mean(name, names);
  std::string list;
  for (const std::string_view one : names) list += cat(list.empty() ? "" : ", ", one);
  config.fail(path, cat(config.data.file, " has no column '", name, "'",
                        guess.empty() ? cat("; there are ", shortened(printable_name(list), 500)) : guess));
}

size_t label_column(const Config& config, const TextTable& table) {
  const data::Column& label = config.data.label;
  if (!label.name().empty()) return column_of(config, table, label.name(), "data.label");
  const int64_t count = static_cast<int64_t>(table.columns);
  const int64_t number = label.number() < 0 ? label.number() + count : label.number();
  if (number < 0 || number >= count)
    config.fail("data.label", cat("there is no column ", label.number(), ", the table has ", count));
  return static_cast<size_t>(number);
}

// The columns of what is learnt.
std::vector<size_t> learnt_columns(const Config& config, const TextTable& table) {
  if (config.data.targets.empty()) return {label_column(config, table)};
  if (has_classes(config.train))
    config.fail("data.targets", cat("targets are quantities, but ", config.train.loss,
                                    " learns classes; take loss = \"mse\" under [train]"));
  std::vector<size_t> columns;
  for (const std::string& name : config.data.targets) columns.push_back(column_of(config, table, name, "data.targets"));
  return columns;
}

double number_at(const Config& config, const TextTable& table, size_t row, size_t column) {
  double value = 0;
  const std::string& text = table.at(row, column);
  if (!data::read_number(text, value) || !std::isfinite(value))
    throw FormatError(cat(at_row(config.data.file, table, row), "column '", printable_name(table.names[column]),
                          "' has '", shortened(printable_name(text), 80),
                          "', which is no number; name the column under categorical, or the text under missing"));
  return value;
}

// The mean and the deviation, 1 where all are equal.
std::pair<double, double> moments(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean) / static_cast<double>(values.size());
  return {mean, square > 0 ? std::sqrt(square) : 1};
}

TableCode::Number learn_number(const Config& config, const TextTable& table, const Ints& rows,
                               const std::string& name) {
  const size_t column = column_of(config, table, name, "data.numeric");
  TableCode::Number code;
  code.column = name;
  std::vector<double> values;
  for (const int64_t row : rows) {
    if (is_missing(config, table.at(static_cast<size_t>(row), column)))
      code.may_miss = true;
    else
      values.push_back(number_at(config, table, static_cast<size_t>(row), column));
  }
  if (values.empty()) config.fail("data.numeric", cat("column '", name, "' has no number in the training rows"));
  std::tie(code.mean, code.scale) = moments(values);
  return code;
}

TableCode::Category learn_category(const Config& config, const TextTable& table, const Ints& rows,
                                   const std::string& name, std::vector<std::string>* remarks) {
  const size_t column = column_of(config, table, name, "data.categorical");
  std::map<std::string, int64_t> counts;
  for (const int64_t row : rows) ++counts[table.at(static_cast<size_t>(row), column)];
  TableCode::Category code;
  code.column = name;
  for (const auto& [value, count] : counts) code.values.push_back(value);
  const auto most = static_cast<size_t>(config.data.max_categories), found = code.values.size();
  if (found > most) {
    std::stable_sort(code.values.begin(), code.values.end(),
                     [&](const std::string& a, const std::string& b) { return counts[a] > counts[b]; });
    code.values.resize(most);
    std::sort(code.values.begin(), code.values.end());
    code.has_rare = true;
    if (remarks)
      remarks->push_back(cat("column '", printable_name(name), "' has ", found, " values: the ", most,
                             " most frequent are told apart and the others are one; data.max_categories = ", found,
                             " tells all apart"));
  }
  return code;
}

// Numbers in their order, before texts in theirs.
void sort_classes(std::vector<std::string>& classes) {
  const auto key = [](const std::string& text) {
    double value = 0;
    return data::read_number(text, value) ? std::tuple(0, value, text) : std::tuple(1, 0.0, text);
  };
  std::sort(classes.begin(), classes.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

void learn_label(const Config& config, const TextTable& table, const Ints& rows, TableCode& code) {
  const std::vector<size_t> columns = learnt_columns(config, table);
  const size_t column = columns[0];
  code.label = table.names[column];
  if (has_classes(config.train)) {
    std::set<std::string> seen;
    // All rows' classes: a rare one may be in the test part alone.
    for (size_t row = 0; row < table.rows; ++row)
      if (!is_missing(config, table.at(row, column))) seen.insert(table.at(row, column));
    code.classes.assign(seen.begin(), seen.end());
    sort_classes(code.classes);
    if (code.classes.size() > TableCode::most_classes)
      config.fail("data.label", cat("column '", code.label, "' has ", code.classes.size(),
                                    " different values; choose another label, or loss = \"mse\" under [train]"));
    return;
  }
  for (const size_t target : columns) {
    std::vector<double> values;
    for (const int64_t row : rows) values.push_back(number_at(config, table, static_cast<size_t>(row), target));
    const auto [mean, scale] = moments(values);
    code.targets.push_back({table.names[target], mean, scale});
  }
}

}  // namespace

int64_t TableCode::inputs() const {
  if (text) return text->length;
  size_t count = 0;
  for (const Number& one : numbers) count += one.may_miss ? 2 : 1;
  for (const Category& one : categories) count += one.values.size() + (one.has_rare ? 1 : 0);
  return static_cast<int64_t>(count);
}

bool has_columns(const Config& config) {
  return !config.data.numeric.empty() || !config.data.categorical.empty() || !config.data.text.empty();
}

TextTable read_columns(const Config& config, const std::string& file, std::vector<std::string>* damaged,
                       std::vector<std::string>* problems) {
  const char delimiter =
      config.data.delimiter.empty() ? data::find_delimiter(file, config.data.encoding) : config.data.delimiter[0];
  return data::read_text_table(file, {.delimiter = delimiter,
                                      .encoding = config.data.encoding,
                                      .expansion = {.ratio = config.data.expansion},
                                      .damaged = config.data.damaged == "skip" ? damaged : nullptr,
                                      .problems = problems});
}

std::string learnt_texts(const Config& config, const TextTable& table) {
  std::string all;
  for (const size_t column : learnt_columns(config, table))
    for (size_t row = 0; row < table.rows; ++row) (all += table.at(row, column)) += '\0';
  return all;
}

RowSplit split_labelled(const Config& config, const TextTable& table, std::vector<std::string>* damaged) {
  const std::vector<size_t> learnt = learnt_columns(config, table);
  std::vector<bool> labelled(table.rows, true);
  for (size_t row = 0; row < table.rows; ++row)
    for (const size_t column : learnt) labelled[row] = labelled[row] && !is_missing(config, table.at(row, column));
  size_t left_out = 0;
  if (damaged && config.data.damaged == "skip") {
    std::vector<std::string> numeric = config.data.numeric;
    if (!has_classes(config.train))
      for (const size_t column : learnt) numeric.push_back(table.names[column]);
    for (const std::string& name : numeric) {
      const size_t column = column_of(config, table, name, "data.numeric");
      for (size_t row = 0; row < table.rows; ++row) {
        if (!labelled[row] || is_missing(config, table.at(row, column))) continue;
        try {
          number_at(config, table, row, column);
        } catch (const FormatError& error) {
          damaged->push_back(error.what());
          labelled[row] = false;
          ++left_out;
        }
      }
    }
  }
  RowSplit rows = split_rows(config, labelled);
  rows.unlabelled -= static_cast<int64_t>(left_out);
  return rows;
}

TableCode learn_code(const Config& config, const TextTable& table, const Ints& rows,
                     std::vector<std::string>* remarks) {
  TableCode code;
  learn_label(config, table, rows, code);
  if (!config.data.text.empty()) {
    if (!config.data.numeric.empty() || !config.data.categorical.empty())
      config.fail("data.text", "a model of texts takes one column; leave out numeric and categorical");
    const size_t column = column_of(config, table, config.data.text, "data.text");
    std::vector<std::string> texts;
    for (const int64_t row : rows) texts.push_back(table.at(static_cast<size_t>(row), column));
    code.text = learn_text(texts, config.data.unit == "byte", config.data.length);
    code.text->column = config.data.text;
    if (code.text->length == 0) config.fail("data.text", "all texts are empty");
  }
  const auto check_input = [&](const std::string& name, std::string_view setting) {
    const bool learnt = name == code.label || std::any_of(code.targets.begin(), code.targets.end(),
                                                          [&](const auto& target) { return target.column == name; });
    if (learnt) config.fail(setting, cat("column '", name, "' is the label and cannot be an input"));
  };
  for (const std::string& name : config.data.numeric) {
    check_input(name, "data.numeric");
    code.numbers.push_back(learn_number(config, table, rows, name));
  }
  for (const std::string& name : config.data.categorical) {
    check_input(name, "data.categorical");
    code.categories.push_back(learn_category(config, table, rows, name, remarks));
  }
  return code;
}

namespace {

Array encode_numbers(const TableCode& code, const Config& config, const TextTable& table, const Ints& rows) {
  const int64_t width = code.inputs(), count = static_cast<int64_t>(rows.size());
  std::vector<float> x(static_cast<size_t>(width * count));
  size_t place = 0;
  const auto fill = [&](auto value) {
    for (size_t i = 0; i < rows.size(); ++i)
      x[i * static_cast<size_t>(width) + place] = static_cast<float>(value(static_cast<size_t>(rows[i])));
    ++place;
  };
  for (const TableCode::Number& one : code.numbers) {
    const size_t column = column_of(config, table, one.column, "data.numeric");
    const auto missing = [&](size_t row) { return is_missing(config, table.at(row, column)); };
    fill([&](size_t row) { return missing(row) ? 0 : (number_at(config, table, row, column) - one.mean) / one.scale; });
    if (one.may_miss) fill([&](size_t row) { return missing(row) ? 1.0 : 0.0; });
  }
  for (const TableCode::Category& one : code.categories) {
    const size_t column = column_of(config, table, one.column, "data.categorical");
    std::unordered_map<std::string_view, size_t> places;
    for (const std::string& value : one.values) places.emplace(value, places.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto found = places.find(table.at(static_cast<size_t>(rows[i]), column));
      if (found != places.end())
        x[i * static_cast<size_t>(width) + place + found->second] = 1;
      else if (one.has_rare)
        x[i * static_cast<size_t>(width) + place + one.values.size()] = 1;
    }
    place += one.values.size() + (one.has_rare ? 1 : 0);
  }
  return from(x, {count, width});
}

}  // namespace

std::vector<std::string> texts_of(const TableCode& code, const Config& config, const TextTable& table,
                                  const Ints& rows) {
  const size_t column = column_of(config, table, code.text->column, "data.text");
  std::vector<std::string> texts;
  for (const int64_t row : rows) texts.push_back(table.at(static_cast<size_t>(row), column));
  return texts;
}

std::string wrong_number(const TableCode& code, const Config& config, const TextTable& table, size_t row) {
  for (const TableCode::Number& one : code.numbers) {
    const size_t column = column_of(config, table, one.column, "data.numeric");
    if (is_missing(config, table.at(row, column))) continue;
    try {
      number_at(config, table, row, column);
    } catch (const FormatError& error) {
      return error.what();
    }
  }
  return "";
}

data::Dataset encode(const TableCode& code, const Config& config, const TextTable& table, const Ints& rows,
                     bool labels) {
  const auto count = static_cast<int64_t>(rows.size());
  data::Dataset set;
  if (code.text) {
    set.x = code.text->encode(texts_of(code, config, table, rows));
  } else {
    set.x = encode_numbers(code, config, table, rows);
  }
  if (!labels) return set;
  if (code.classes.empty()) {
    std::vector<float> y;
    for (const int64_t row : rows)
      for (const TableCode::Number& target : code.targets) {
        const size_t column = column_of(config, table, target.column, "data.label");
        const double value = number_at(config, table, static_cast<size_t>(row), column);
        y.push_back(static_cast<float>((value - target.mean) / target.scale));
      }
    const auto width = static_cast<int64_t>(code.targets.size());
    set.y = from(y, width == 1 ? Shape{count} : Shape{count, width});
    return set;
  }
  const size_t column = column_of(config, table, code.label, "data.label");
  std::map<std::string_view, int64_t> numbers;
  for (size_t i = 0; i < code.classes.size(); ++i) numbers[code.classes[i]] = static_cast<int64_t>(i);
  std::vector<int64_t> y;
  for (const int64_t row : rows) {
    const std::string& text = table.at(static_cast<size_t>(row), column);
    const auto found = numbers.find(text);
    if (found == numbers.end())
      throw FormatError(cat(at_row(config.data.file, table, static_cast<size_t>(row)), "'",
                            shortened(printable_name(text), 80), "' is no class of '", printable_name(code.label),
                            "'"));
    y.push_back(found->second);
  }
  set.y = from(y, {count});
  return set;
}

}  // namespace koine::train
