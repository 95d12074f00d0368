#include "train/schema.h"

#include "base/format.h"
#include "base/printable.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace koine::train {

namespace {

// A value as it is told to be wrong; a number that is too large for any count says so.
std::string wrong(const Value& value) {
  const int64_t* integer = value.get<int64_t>();
  const bool beyond = integer && *integer > largest_count;
  return cat(shortened(printable_name(value.describe()), 200),
             beyond ? cat(", beyond the largest, ", largest_count) : std::string());
}

std::string list_of(std::span<const std::string_view> words, std::string_view quote, std::string_view last) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i) text += i + 1 == words.size() ? last : ", ";
    text += cat(quote, words[i], quote);
  }
  return text;
}

}  // namespace

void Problems::throw_if_any() const {
  if (list_.empty()) return;
  constexpr size_t most_shown = 100;
  // By place, overrides, which have no line, last; then in the order in which they were found.
  std::vector<std::tuple<bool, int64_t, int64_t, size_t>> order;
  for (size_t i = 0; i < list_.size(); ++i) {
    const Place& place = list_[i].place;
    order.emplace_back(!place.in_file(), place.line, place.column, i);
  }
  std::sort(order.begin(), order.end());
  std::string text;
  for (const auto& entry : std::span(order).first(std::min(order.size(), most_shown))) {
    const Problem& problem = list_[std::get<3>(entry)];
    text += cat(text.empty() ? "" : "\n", to_string(problem.place), ": ", problem.message);
  }
  if (order.size() > most_shown) text += cat("\nand ", order.size() - most_shown, " problems more");
  throw ConfigError(text);
}

bool Bounds::contains(double value) const {
  return (open_low ? value > low : value >= low) && (open_high ? value < high : value <= high);
}

std::string Bounds::describe() const {
  std::string text;
  if (std::isfinite(low)) text = cat(open_low ? " above " : " of at least ", low);
  if (std::isfinite(high)) text += cat(text.empty() ? "" : " and", open_high ? " below " : " at most ", high);
  return text;
}

bool ValueRule<bool>::read(const Value& value, bool& to) const {
  const bool* boolean = value.get<bool>();
  if (boolean) to = *boolean;
  return boolean;
}

bool ValueRule<int64_t>::read(const Value& value, int64_t& to) const {
  const int64_t* integer = value.get<int64_t>();
  if (!integer || *integer > largest || !bounds.contains(static_cast<double>(*integer))) return false;
  to = *integer;
  return true;
}

bool ValueRule<double>::read(const Value& value, double& to) const {
  double number;
  if (const int64_t* integer = value.get<int64_t>())
    number = static_cast<double>(*integer);
  else if (const double* floating = value.get<double>())
    number = *floating;
  else
    return false;
  if (!std::isfinite(number) || !bounds.contains(number)) return false;
  to = number;
  return true;
}

std::string ValueRule<double>::write(double value) const {
  const std::string text = cat(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string ValueRule<std::string>::takes() const {
  return choices.empty() ? "a text" : list_of(choices, "\"", " or ");
}

bool ValueRule<std::string>::read(const Value& value, std::string& to) const {
  const std::string* text = value.get<std::string>();
  if (!text || text->empty()) return false;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), *text) == choices.end()) return false;
  to = *text;
  return true;
}

bool ValueRule<std::vector<int64_t>>::read(const Value& value, std::vector<int64_t>& to) const {
  const ValueRule<int64_t> one{bounds};
  std::vector<int64_t> numbers(1);
  if (const auto* list = value.get<Value::List>()) {
    if (list->empty()) return false;
    numbers.resize(list->size());
    for (size_t i = 0; i < list->size(); ++i)
      if (!one.read((*list)[i], numbers[i])) return false;
  } else if (!one.read(value, numbers[0])) {
    return false;
  }
  to = std::move(numbers);
  return true;
}

std::string ValueRule<std::vector<int64_t>>::write(const std::vector<int64_t>& value) const {
  if (value.empty()) return "";
  if (value.size() == 1) return cat(value[0]);
  std::string text;
  for (const int64_t number : value) text += cat(text.empty() ? "[" : ", ", number);
  return text + "]";
}

void report_wrong_value(const Value& value, const SettingInfo& info, std::span<const std::string_view> choices,
                        const Reading& at) {
  const std::string* text = value.get<std::string>();
  std::string got = wrong(value);
  // In a list it is one of its values that does not fit; a whole list is no help.
  if (const auto* list = value.get<Value::List>()) {
    got = list->empty() ? "an empty list" : "a list of";
    for (size_t i = 0; i < std::min<size_t>(list->size(), 4); ++i) got += cat(i ? ", " : " ", wrong((*list)[i]));
  }
  at.problems.add(value.place, cat(at.path_to(info.name), " takes ", info.takes, ", got ", got,
                                   text ? did_you_mean(*text, choices) : std::string()));
}

void report_unknown_key(const Entry& entry, std::span<const std::string_view> known, const std::string& of,
                        const Reading& at) {
  const std::string guess = did_you_mean(entry.key, known);
  at.problems.add(entry.place, cat("unknown setting '", at.path_to(entry.key), "'",
                                   guess.empty() ? cat("; [", of, "] has ", list_of(known, "", " and ")) : guess));
}

}  // namespace koine::train
