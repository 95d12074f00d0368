// What a section of a config may hold, declared once per setting: for reading, for checking, for help and for writing.
#pragma once

#include "base/printable.h"
#include "train/config_value.h"

#include <koine/error.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace koine::train {

/// Collects all that is wrong with a config, so that one run tells everything.
class Problems {
 public:
  void add(const Place& place, std::string_view message) { list_.push_back({place, printable_line(message)}); }
  bool empty() const { return list_.empty(); }
  /// Throws ConfigError with one line per problem in the order of the file, unless there is none.
  void throw_if_any() const;

 private:
  struct Problem {
    Place place;
    std::string message;
  };
  std::vector<Problem> list_;
};

/// Where reading is: "model.2" in messages, and where problems go.
struct Reading {
  std::string path;
  Problems& problems;
  /// Keys of the table that somebody else reads.
  std::span<const std::string_view> read_elsewhere = {};

  std::string path_to(std::string_view name) const {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }
};

/// The numbers that a setting takes. Bounds are included unless open.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false, open_high = false;

  bool contains(double value) const;
  /// " of at least 1", " above 0 and below 1", or nothing.
  std::string describe() const;
};

/// What is known of a setting without its C++ type.
struct SettingInfo {
  std::string name;
  std::string doc;
  /// What it takes: "a whole number of at least 1".
  std::string takes;
  /// The default as TOML; empty when there is none.
  std::string fallback;
  bool required = false;
};

template <class S>
struct Setting : SettingInfo {
  /// Reads a value into its member, or reports that `path` "takes ..., got ...".
  std::function<void(S&, const Value&, const Reading&)> read;
};

/// A kind of table: its settings in the order in which they are shown.
template <class S>
struct Section {
  std::string name;
  std::string doc;
  std::vector<Setting<S>> settings;
};

/// Reads one value of a type: specialisations have `takes`, `read` (false when the value does not fit) and `write`.
template <class T>
struct ValueRule;

template <>
struct ValueRule<bool> {
  std::string takes() const { return "true or false"; }
  bool read(const Value& value, bool& to) const;
  std::string write(bool value) const { return value ? "true" : "false"; }
};

/// No size or count of a config is larger, so that the product of two of them fits into 64 bits.
inline constexpr int64_t largest_count = 1'000'000'000;

template <>
struct ValueRule<int64_t> {
  Bounds bounds = {};
  int64_t largest = largest_count;
  std::string takes() const { return "a whole number" + bounds.describe(); }
  bool read(const Value& value, int64_t& to) const;
  std::string write(int64_t value) const { return std::to_string(value); }
};

template <>
struct ValueRule<double> {
  Bounds bounds = {};
  std::string takes() const { return "a number" + bounds.describe(); }
  /// Takes whole numbers too; refuses infinities and not-a-number.
  bool read(const Value& value, double& to) const;
  std::string write(double value) const;
};

template <>
struct ValueRule<std::string> {
  /// Empty for any text.
  std::vector<std::string_view> choices = {};
  std::string takes() const;
  bool read(const Value& value, std::string& to) const;
  std::string write(const std::string& value) const { return value.empty() ? "" : "\"" + value + "\""; }
};

/// A list of whole numbers, or one that stands for itself.
template <>
struct ValueRule<std::vector<int64_t>> {
  Bounds bounds = {};
  std::string takes() const { return "a whole number" + bounds.describe() + ", or a list of them"; }
  bool read(const Value& value, std::vector<int64_t>& to) const;
  std::string write(const std::vector<int64_t>& value) const;
};

inline constexpr bool required = true;

/// Reports that a value is not what its setting takes, with the choice that was probably meant.
void report_wrong_value(const Value& value, const SettingInfo& info, std::span<const std::string_view> choices,
                        const Reading& at);

/// Declares a setting for a member.
template <class S, class T>
Setting<S> setting(T S::* member, std::string name, std::string doc, ValueRule<T> rule = {}, bool is_required = false) {
  Setting<S> result;
  result.name = std::move(name);
  result.doc = std::move(doc);
  result.takes = rule.takes();
  result.required = is_required;
  if (!is_required) result.fallback = rule.write(S{}.*member);
  result.read = [member, rule, info = static_cast<SettingInfo>(result)](S& to, const Value& value, const Reading& at) {
    if (rule.read(value, to.*member)) return;
    if constexpr (requires { rule.choices; })
      report_wrong_value(value, info, rule.choices, at);
    else
      report_wrong_value(value, info, {}, at);
  };
  return result;
}

/// Declares a setting that only names the kind of its table: `flatten = true`.
template <class S>
Setting<S> flag(std::string name, std::string doc) {
  Setting<S> result;
  result.name = std::move(name);
  result.doc = std::move(doc);
  result.takes = "true (leave the table out to do without)";
  result.required = true;
  result.read = [info = static_cast<SettingInfo>(result)](S&, const Value& value, const Reading& at) {
    const bool* boolean = value.get<bool>();
    if (!boolean || !*boolean) report_wrong_value(value, info, {}, at);
  };
  return result;
}

/// Reports a key that does not exist, with the nearest one that does, or all of them.
void report_unknown_key(const Entry& entry, std::span<const std::string_view> known, const std::string& of,
                        const Reading& at);

/// Reads a table into a struct: unknown keys, missing required ones and values that do not fit are reported, and the
/// rest is read. `place` is where a missing setting is reported.
template <class S>
void read_section(const Value& table, const Place& place, const Section<S>& section, S& to, const Reading& at) {
  const auto* entries = table.get<Value::Table>();
  if (!entries) {
    at.problems.add(table.place, at.path + " takes a table of settings, got " + table.describe());
    return;
  }
  std::vector<std::string_view> known;
  for (const auto& setting : section.settings) known.push_back(setting.name);
  known.insert(known.end(), at.read_elsewhere.begin(), at.read_elsewhere.end());
  for (const auto& setting : section.settings) {
    if (const Value* value = table.find(setting.name))
      setting.read(to, *value, at);
    else if (setting.required)
      at.problems.add(place, "[" + section.name + "] needs " + setting.name + ": " + setting.doc);
  }
  for (const Entry& entry : *entries) {
    bool found = false;
    for (const std::string_view name : known) found = found || name == entry.key;
    if (!found) report_unknown_key(entry, known, section.name, at);
  }
}

/// What is known of a section without its C++ type.
struct SectionInfo {
  std::string name;
  std::string doc;
  std::vector<SettingInfo> settings;
};

template <class S>
SectionInfo info_of(const Section<S>& section) {
  return {section.name, section.doc, {section.settings.begin(), section.settings.end()}};
}

}  // namespace koine::train
