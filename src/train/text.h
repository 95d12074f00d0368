// Text as numbers: bytes or characters, learnt from the training rows alone.
#pragma once

#include "io/file_value.h"
#include "train/config.h"

#include <koine/data.h>

#include <string>
#include <string_view>
#include <vector>

namespace koine::train {

/// Symbol i of a text becomes the number i + 1; 0 fills sequences up, and the last number stands for what was never
/// seen.
struct TextCode {
  /// The column of a table; empty when a file is the text.
  std::string column;
  /// Characters of UTF-8, or single bytes.
  std::vector<std::string> symbols;
  bool bytes = false;
  /// The longest sequence; longer texts are cut.
  int64_t length = 0;

  /// How many numbers there are, with those for nothing and for what is not known.
  int64_t vocabulary() const { return static_cast<int64_t>(symbols.size()) + 2; }
  Ints numbers(std::string_view text) const;
  std::string text(const Ints& numbers) const;
  /// (texts, length), filled up with 0.
  Array encode(const std::vector<std::string>& texts) const;
};

/// Of a text that is a file, unless the config says another one.
inline constexpr int64_t usual_text_length = 64;

TextCode learn_text(const std::vector<std::string>& texts, bool bytes, int64_t length);

/// A text as windows of the code's length, and of each symbol the one after it; both (windows, length).
data::Dataset windows(const TextCode& code, std::string_view text);

/// The whole of a file, plain or compressed, as UTF-8; where bytes are learnt and no encoding is named, as it is.
/// Throws FormatError when it has no more than `least` bytes, and what opening does.
std::string read_text(const DataConfig& config, const std::string& path, size_t least);
/// Also those that are empty, without what ends them.
std::vector<std::string> lines_of(std::string_view text);

nlohmann::json to_json_value(const TextCode& code);
/// Throws FormatError for what is no such code.
TextCode text_code_from(const io::FileValue& value);

}  // namespace koine::train
