// Values of JSON in files: what a weights file or a checkpoint notes, and its manifest.
#pragma once

#include <koine/io.h>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace koine::io {

/// A value as it stands in a file. Nothing is converted, rounded or cut: what is asked for is there and in its range,
/// or FormatError says "FILE: TEXT, a.b.3: got WHAT, expected WHAT".
class FileValue {
 public:
  static constexpr int64_t any = std::numeric_limits<int64_t>::max();

  /// The value of a text; `what` is what errors call the text: "the note 'run'". Throws FormatError for what is no
  /// JSON, has a key twice, is nested deeper than 16, or is longer than 64 MiB.
  static FileValue parse(std::string_view json, const std::string& file, const std::string& what);

  /// The value of a note of a file that is written in JSON. Throws FormatError when there is no such note, and as
  /// `parse`.
  static FileValue note(const Metadata& notes, const std::string& name, const std::string& file);

  /// The value of a key of an object, which must be there, and an element of a list.
  FileValue at(std::string_view key) const;
  FileValue at(size_t place) const;
  bool has(std::string_view key) const;
  bool is_null() const;

  /// A whole number in [least, most]: neither 1.0 nor true nor "1".
  int64_t integer(int64_t least, int64_t most = any) const;
  /// A finite number in [least, most], whole or not.
  double number(double least = std::numeric_limits<double>::lowest(),
                double most = std::numeric_limits<double>::max()) const;
  /// The same, or null for a number that JSON has not: NaN.
  double number_or_nan() const;
  bool boolean() const;
  /// Of at most so many bytes.
  std::string text(size_t most = size_t{1} << 20) const;
  /// The elements of a list of between `least` and `most`.
  std::vector<FileValue> list(size_t least = 0, size_t most = size_t{1} << 24) const;
  /// Exactly so many, as a tuple is written.
  std::vector<FileValue> tuple(size_t size) const { return list(size, size); }
  /// The keys of an object, in their order.
  std::vector<std::string> keys() const;

  /// Throws FormatError: this value is another one than expected.
  [[noreturn]] void fail(std::string_view expected) const;

 private:
  struct Text;
  FileValue(std::shared_ptr<const Text> text, const nlohmann::json* value, std::string path)
      : text_(std::move(text)), value_(value), path_(std::move(path)) {}
  std::string path_to(std::string_view part) const;

  std::shared_ptr<const Text> text_;
  /// Null for what is not there.
  const nlohmann::json* value_;
  std::string path_;
};

/// The note of a name; null when there is none.
const std::string* find_note(const Metadata& notes, std::string_view name);

/// A number as JSON, null where JSON has none: of what is not finite.
nlohmann::json json_number(double value);

}  // namespace koine::io
