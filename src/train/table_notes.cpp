#include "base/format.h"
#include "base/printable.h"
#include "train/losses.h"
#include "train/sources.h"
#include "train/table.h"

#include <koine/error.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <set>

/// What a weights file notes of how its data became numbers: written, read and held against a config.
namespace koine::train {

namespace {

using io::FileValue;
using Names = std::vector<std::string>;

// Two texts that are one say nothing.
Names different_texts(const FileValue& list, size_t most) {
  Names all;
  std::set<std::string> seen;
  for (const FileValue& one : list.list(0, most)) {
    all.push_back(one.text());
    if (!seen.insert(all.back()).second) one.fail("a text that stands once");
  }
  return all;
}

// Divided by, so neither 0 nor below.
double scale_from(const FileValue& value) { return value.number(std::numeric_limits<double>::min()); }

std::string list_of(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += cat(text.empty() ? "" : ", ", printable_name(name));
  return text.empty() ? "none" : shortened(text, 200);
}

template <class Columns>
Names names_of(const Columns& columns) {
  Names names;
  for (const auto& one : columns) names.push_back(one.column);
  return names;
}

// What data a code is of, and what a config's are.
std::string data_of(const std::optional<TableCode>& code) {
  if (!code) return "numbers alone";
  if (code->text) return code->text->column.empty() ? "a text" : "a column of texts";
  return code->numbers.empty() && code->categories.empty() ? "numbers alone" : "columns of a table";
}
std::string data_of(const Config& config) {
  if (!config.data.text.empty()) return "a column of texts";
  if (has_columns(config)) return "columns of a table";
  return kind_of(config.data.file) == SourceKind::text ? "a text" : "numbers alone";
}

/// Holds a code against a config; the first difference is an error.
class Comparison {
 public:
  Comparison(const Config& config, const std::string& file) : config_(config), file_(printable_name(file)) {}

  void columns(std::string_view setting, Names made, Names now) const {
    std::sort(made.begin(), made.end());
    std::sort(now.begin(), now.end());
    if (made != now) fail(list_of(made), cat("data.", setting, " names ", list_of(now)));
  }
  void text(const TextCode& code) const {
    columns("text", {code.column}, {config_.data.text});
    if (code.bytes != (config_.data.unit == "byte"))
      fail(code.bytes ? "bytes" : "characters", cat("data.unit is \"", config_.data.unit, "\""));
    const int64_t most = config_.data.length > 0     ? config_.data.length
                         : config_.data.text.empty() ? usual_text_length
                                                     : std::numeric_limits<int64_t>::max();
    if (code.length > most) fail(cat("sequences of ", code.length), cat("the longest of the config has ", most));
  }
  void learnt(const TableCode& code) const {
    const bool classes = has_classes(config_.train);
    if (classes == code.classes.empty() || classes != code.targets.empty())
      fail(code.classes.empty() ? "quantities" : "classes",
           cat("the loss is ", config_.train.loss, ", which learns ", classes ? "classes" : "quantities"));
    if (classes && code.classes.size() < 2) fail("one class", "two are the least that can be told apart");
    if (!config_.data.targets.empty())
      columns("targets", names_of(code.targets), config_.data.targets);
    else if (!config_.data.label.name().empty())
      columns("label", {code.label}, {config_.data.label.name()});
  }
  [[noreturn]] void fail(std::string_view made, std::string_view now) const {
    throw FormatError(cat(file_, ": was made from ", made, ", but ", now, "; take its own config, or train again"));
  }

 private:
  const Config& config_;
  std::string file_;
};

}  // namespace

std::string to_json(const TableCode& code) {
  using nlohmann::json;
  json numbers = json::array(), categories = json::array(), targets = json::array();
  for (const auto& one : code.targets) targets.push_back({one.column, one.mean, one.scale});
  for (const auto& one : code.numbers) numbers.push_back({one.column, one.mean, one.scale, one.may_miss});
  for (const auto& one : code.categories) categories.push_back({one.column, one.values, one.has_rare});
  return json{{"numbers", numbers},  {"categories", categories},
              {"label", code.label}, {"classes", code.classes},
              {"targets", targets},  {"text", code.text ? to_json_value(*code.text) : json(nullptr)}}
      .dump();
}

TableCode code_from(const FileValue& note) {
  TableCode code;
  for (const FileValue& value : note.at("numbers").list()) {
    const auto one = value.tuple(4);
    code.numbers.push_back({one[0].text(), one[1].number(), scale_from(one[2]), one[3].boolean()});
  }
  for (const FileValue& value : note.at("categories").list()) {
    const auto one = value.tuple(3);
    constexpr size_t most_values = 1 << 20;
    code.categories.push_back({one[0].text(), different_texts(one[1], most_values), one[2].boolean()});
  }
  code.label = note.at("label").text();
  code.classes = different_texts(note.at("classes"), TableCode::most_classes);
  for (const FileValue& value : note.at("targets").list()) {
    const auto one = value.tuple(3);
    code.targets.push_back({one[0].text(), one[1].number(), scale_from(one[2])});
  }
  if (note.has("text") && !note.at("text").is_null()) code.text = text_code_from(note.at("text"));
  return code;
}

void check_code(const std::optional<TableCode>& code, const Config& config, const std::string& file) {
  const Comparison compare(config, file);
  if (data_of(code) != data_of(config)) compare.fail(data_of(code), cat("the config's data are ", data_of(config)));
  if (!code) return;
  if (code->text) compare.text(*code->text);
  if (!has_columns(config)) return;
  compare.columns("numeric", names_of(code->numbers), config.data.numeric);
  compare.columns("categorical", names_of(code->categories), config.data.categorical);
  compare.learnt(*code);
}

void check_outputs(const TableCode& code, const Config& config, const Shape& output, const std::string& file) {
  const bool text = code.text && code.text->column.empty();
  if (output.empty() || (!text && code.targets.empty() && !predicts_classes(config.train))) return;
  const int64_t gives = output.back().value();
  const int64_t named = text                   ? code.text->vocabulary()
                        : code.targets.empty() ? std::ssize(code.classes)
                                               : std::ssize(code.targets);
  // One score tells two classes apart.
  const bool one_for_two = config.train.loss == "binary_cross_entropy" && named == 2 && gives == 1;
  if (gives < named && !one_for_two)
    throw FormatError(cat(printable_name(file), ": names ", named,
                          text                   ? " symbols"
                          : code.targets.empty() ? " classes"
                                                 : " quantities",
                          ", but the model gives ", output, " for an example; the notes are of other weights"));
}

}  // namespace koine::train
