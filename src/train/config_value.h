// The text of a config as a tree that knows where each part stands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace koine::train {

/// Where something stands: a place in a file, or an override on the command line.
struct Place {
  std::string source;
  /// From 1; 0 when the source has no lines.
  int64_t line = 0, column = 0;
  bool in_file() const { return line > 0; }
};

/// "digits.toml:3:1", or "--set train.epochs=3".
std::string to_string(const Place& place);

struct Entry;

/// A value of TOML. Dates and times have no use in a config and are kept as `Other`.
struct Value {
  using List = std::vector<Value>;
  using Table = std::vector<Entry>;
  struct Other {};

  Place place;
  std::variant<bool, int64_t, double, std::string, List, Table, Other> data;

  template <class T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
  template <class T>
  T* get() {
    return std::get_if<T>(&data);
  }
  /// The value of a key of a table; null when this is no table or has no such key.
  const Value* find(std::string_view key) const;
  /// What it is, for a message: "the text 'abc'", "the number 3", "a list".
  std::string describe() const;
};

struct Entry {
  std::string key;
  /// Of the key.
  Place place;
  Value value;
};

/// Reads the text of a config. The entries of each table are in the order of the text. Throws ConfigError with file,
/// line and column when it is not TOML.
Value parse_config_text(std::string_view text, const std::string& file);

/// The values in a tree that are neither lists nor tables, as Value::describe has them, by their paths: "model.0.conv".
std::map<std::string, std::string> flattened(const Value& root);

/// Applies "key=value" to a tree. The key is dotted and takes numbers, from 0, for places in a list: "train.epochs=3",
/// "model.0.conv=64". The value is TOML, or else a text without quotes. Tables on the way are made where there are
/// none. Throws ConfigError when it is no such text, or the key leads through something that is not a table or list.
void override_value(Value& root, std::string_view assignment);

/// A text as TOML writes it, in quotes.
std::string toml_text(std::string_view text);

/// Where "model.0.kernel" stands, or the nearest thing around it that exists.
const Place& find_place(const Value& root, std::string_view path);

}  // namespace koine::train
