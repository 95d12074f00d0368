#include "base/printable.h"

#include <algorithm>
#include <cstdint>

namespace koine {

namespace {

constexpr uint32_t invalid = 0xffffffff;

/// A character of UTF-8: its number, or `invalid` for a byte that begins none.
struct Character {
  uint32_t code;
  size_t bytes;
};

Character first_of(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {invalid, 1};
  uint32_t code = lead & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {invalid, 1};
    code = code << 6 | (byte(i) & 0x3f);
  }
  // Longer than it need be, half of a pair of UTF-16, or beyond Unicode.
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[bytes] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {invalid, 1};
  return {code, bytes};
}

bool is_obeyed(uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  // Ends of lines and paragraphs; the marks, embeddings, overrides and isolates of a direction.
  return code == 0x2028 || code == 0x2029 || code == 0x061c || code == 0x200e || code == 0x200f ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

std::string hex(uint32_t value, int digits) {
  std::string text;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
  return text;
}

std::string written_out(uint32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return code < 0x80 ? "\\x" + hex(code, 2) : "\\u" + hex(code, 4);
  }
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }

std::string escaped(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (is_plain(text[i]) || kept.find(text[i]) != std::string_view::npos) {
      out += text[i++];
      continue;
    }
    const Character character = first_of(text.substr(i));
    if (character.code == invalid)
      out += "\\x" + hex(static_cast<uint8_t>(text[i]), 2);
    else if (is_obeyed(character.code))
      out += written_out(character.code);
    else
      out += text.substr(i, character.bytes);
    i += character.bytes;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, "\n\t"); }

std::string printable_name(std::string_view name) { return escaped(name, ""); }

std::string shortened(std::string_view text, size_t most) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++seen) {
    if (seen == most) return std::string(text.substr(0, end)) + "...";
    end += first_of(text.substr(end)).bytes;
  }
  return std::string(text);
}

}  // namespace koine
