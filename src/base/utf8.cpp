#include "base/utf8.h"

#include "base/printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace koine {

size_t utf8_character(std::string_view bytes) {
  const auto byte = [&](size_t i) { return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : uint8_t{0}; };
  const auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || !continues(1)) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) {
    // Shorter forms, and halves of pairs of UTF-16.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
    return continues(2) ? 3 : 0;
  }
  if (first > 0xf4 || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  return continues(2) && continues(3) ? 4 : 0;
}

size_t utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    uint64_t word = 0;
    if (bytes.size() - at >= sizeof word) {
      std::memcpy(&word, bytes.data() + at, sizeof word);
      if ((word & 0x8080808080808080u) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const size_t length = utf8_character(bytes.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

size_t character_count(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  const auto escape = [&](uint32_t code) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\u%04x", code);
    out += digits;
  };
  for (size_t at = 0; at < text.size();) {
    const size_t whole = utf8_character(text.substr(at));
    const auto byte = static_cast<uint8_t>(text[at]);
    if (whole == 0)
      escape(0xdc00u + byte);
    else if (byte == '"' || byte == '\\')
      (out += '\\') += text[at];
    else if (const uint32_t code = code_point(text.substr(at, whole)); is_obeyed(code))
      escape(code);
    else
      out += text.substr(at, whole);
    at += whole == 0 ? 1 : whole;
  }
  return out + "\"";
}

}  // namespace koine
