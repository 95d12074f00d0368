#include "base/printable.h"

#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace koine {

uint32_t code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(character[i]); };
  if (character.size() == 1) return byte(0);
  uint32_t code = byte(0) & (0x7fu >> character.size());
  for (size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3f);
  return code;
}

bool is_obeyed(uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  // Ends of lines and paragraphs; the marks, embeddings, overrides and isolates of a direction.
  return code == 0x2028 || code == 0x2029 || code == 0x061c || code == 0x200e || code == 0x200f ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

namespace {

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
    const size_t bytes = utf8_character(text.substr(i));
    const std::string_view character = text.substr(i, bytes);
    if (bytes == 0)
      out += "\\x" + hex(static_cast<uint8_t>(text[i]), 2);
    else if (const uint32_t code = code_point(character); is_obeyed(code))
      out += written_out(code);
    else
      out += character;
    i += std::max<size_t>(bytes, 1);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, "\n\t"); }

std::string printable_name(std::string_view name) { return escaped(name, ""); }

std::string printable_line(std::string_view message) {
  std::string out;
  for (size_t begin = 0; begin < message.size();) {
    if (message.substr(begin).starts_with("\n  ")) out += message[begin++];
    const size_t end = std::min(message.find("\n  ", begin), message.size());
    out += printable_name(message.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

std::string prefix(std::string_view text, size_t characters) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size() && seen < characters; ++seen)
    end += std::max<size_t>(utf8_character(text.substr(end)), 1);
  return std::string(text.substr(0, end));
}

std::string shortened(std::string_view text, size_t characters) {
  std::string first = prefix(text, characters);
  return first.size() == text.size() ? first : first + "...";
}

}  // namespace koine
