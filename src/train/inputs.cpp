#include "train/inputs.h"

#include "base/format.h"
#include "base/printable.h"
#include "train/examples.h"
#include "train/sources.h"

#include <koine/data.h>
#include <koine/error.h>

#include <algorithm>

namespace koine::train {

namespace {

bool skips(const Config& config) { return config.data.damaged == "skip"; }

// The places of those that are read, among all.
std::vector<size_t> read_places(const std::vector<std::string>& problems) {
  std::vector<size_t> places;
  for (size_t i = 0; i < problems.size(); ++i)
    if (problems[i].empty()) places.push_back(i);
  return places;
}

void tell_cut(const TextCode& code, const std::vector<std::string>& texts, Inputs& inputs) {
  const auto cut = std::count_if(texts.begin(), texts.end(),
                                 [&](const std::string& text) { return std::ssize(code.numbers(text)) > code.length; });
  if (cut > 0)
    inputs.remarks.push_back(cat(cut, " of ", texts.size(), " texts are longer than the ", code.length,
                                 " symbols that the model takes; what is beyond is not read"));
}

// A text has an example on each line.
Inputs of_lines(const Config& config, const std::string& file, const TextCode& code) {
  const std::vector<std::string> lines = lines_of(read_text(config.data, file, 0));
  Inputs inputs{code.encode(lines), std::vector<std::string>(lines.size())};
  tell_cut(code, lines, inputs);
  return inputs;
}

Inputs of_arrays(const Config& config, const std::string& file, const Shape& shape, const Trained& trained) {
  const ArraySource source = read_arrays(config, file, false);
  const data::Dataset& all = source.examples;
  if (count(all.example()) != count(shape))
    throw FormatError(cat(printable_name(file), " has examples of ", all.example(), ", but the model takes ", shape));
  check_bytes(trained, all.dtype() == uint8, file);
  const data::Dataset shaped = all.shape(shape);
  Inputs inputs{scaled(shaped.rows(0, shaped.size()).x, config.data.scale)};
  auto next = source.left_out.begin();
  for (int64_t i = 0; i <= all.size(); ++i) {
    for (; next != source.left_out.end() && next->before == i; ++next) {
      inputs.problems.push_back(next->problem);
      inputs.files.push_back(next->file);
    }
    if (i == all.size()) break;
    inputs.problems.emplace_back();
    if (!source.files.empty()) inputs.files.push_back(source.files[static_cast<size_t>(i)]);
  }
  return inputs;
}

Inputs of_columns(const Config& config, const std::string& file, const TableCode& code) {
  Inputs inputs;
  std::vector<std::string> damaged;
  Config there = config;
  there.data.file = file;
  const data::TextTable table = read_columns(there, file, &damaged, &inputs.problems);
  const std::vector<size_t> places = read_places(inputs.problems);
  Ints rows;
  for (size_t row = 0; row < table.rows; ++row) {
    const std::string wrong = skips(config) ? wrong_number(code, there, table, row) : "";
    if (wrong.empty())
      rows.push_back(static_cast<int64_t>(row));
    else
      inputs.problems[places[row]] = wrong;
  }
  if (!rows.empty()) inputs.x = encode(code, there, table, rows, false).x;
  if (code.text) tell_cut(*code.text, texts_of(code, there, table, rows), inputs);
  return inputs;
}

Inputs of_numbers(const Config& config, const std::string& file, const Shape& shape, const Trained& trained) {
  Inputs inputs;
  std::vector<std::string> damaged;
  const auto read = [&](const data::Column& label) {
    inputs.problems.clear();
    return data::csv(file, {.label = label,
                            .scale = config.data.scale,
                            .delimiter = config.data.delimiter.empty() ? '\0' : config.data.delimiter[0],
                            .encoding = config.data.encoding,
                            .damaged = skips(config) ? &damaged : nullptr,
                            .problems = &inputs.problems,
                            .inputs = trained.data ? trained.data->columns : std::vector<std::string>(),
                            .expansion = config.data.expansion});
  };
  check_bytes(trained, false, file);
  const int64_t wanted = count(shape).value();
  data::Dataset table = read(none);
  const int64_t columns = table.x.size(1);
  if (columns == wanted + 1)
    table = read(config.data.label);
  else if (columns != wanted)
    throw FormatError(cat(printable_name(file), " has ", columns, " columns, but the model takes ", wanted, ", or ",
                          wanted + 1, " with the label"));
  inputs.x = table.shape(shape).x;
  return inputs;
}

}  // namespace

Inputs load_inputs(const Config& config, const std::string& file, const Shape& shape, const Trained& trained) {
  const SourceKind kind = kind_of(file);
  const std::optional<TableCode>& code = trained.code;
  if (code && code->text && kind == SourceKind::text) return of_lines(config, file, *code->text);
  if (kind != SourceKind::table) return of_arrays(config, file, shape, trained);
  if (code && has_columns(config)) return of_columns(config, file, *code);
  return of_numbers(config, file, shape, trained);
}

}  // namespace koine::train
