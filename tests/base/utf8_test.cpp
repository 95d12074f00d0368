#include "base/utf8.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace koine;

namespace {

std::string encoded(uint32_t code) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xc0 | code >> 6), byte(0x80 | (code & 63))};
  if (code < 0x10000) return {byte(0xe0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63))};
  return {byte(0xf0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63)),
          byte(0x80 | (code & 63))};
}

}  // namespace

TEST_CASE("UTF-8: every character but halves of pairs, and nothing else") {
  for (uint32_t code = 0; code < 0x120000; ++code) {
    const bool valid = code < 0x110000 && (code < 0xd800 || code >= 0xe000);
    const std::string text = encoded(code);
    if (is_utf8(text) != valid || (valid && utf8_prefix("12345678" + text + "\xff") != 8 + text.size())) FAIL(code);
    // Cut short, it is none.
    if (text.size() > 1 && is_utf8(text.substr(0, text.size() - 1))) FAIL(code);
  }
  for (const char* wrong : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
                            "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xe9", "\xc3(", "\xe2\x82("})
    CHECK_FALSE(is_utf8(wrong));
  CHECK(utf8_prefix("0123456789abcde\xe9z") == 15);
  CHECK(is_utf8(""));
}

TEST_CASE("JSON: texts stay different, whatever their bytes") {
  CHECK(json_text("a\"\\\n\x01\x7f/") == "\"a\\\"\\\\\\u000a\\u0001\\u007f/\"");
  CHECK(json_text("\xc3\xa9") == "\"\xc3\xa9\"");
  CHECK(json_text("caf\xe9") == "\"caf\\udce9\"");
  CHECK(json_text("caf\xe8") == "\"caf\\udce8\"");
  CHECK(json_text(std::string("a\0b", 3)) == "\"a\\u0000b\"");
}
