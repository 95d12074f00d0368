#include "base/printable.h"

#include <koine/error.h>

#include <doctest/doctest.h>

using namespace koine;

TEST_CASE("printable: what a terminal would obey is written out, all else stays") {
  CHECK(printable("plain, with\n two lines and a\ttab") == "plain, with\n two lines and a\ttab");
  CHECK(printable("\x1b[31mred\x07\r\x7f") == "\\x1b[31mred\\x07\\r\\x7f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  // Letters, signs and emoji, among them one of several characters with a joiner.
  for (const char* text : {"é", "Grüße 日本 λ", "👩\u200d🔬", "\u00a0"}) CHECK(printable(text) == text);
  // C1: CSI as U+009B is an escape by itself.
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\u009b31m");
  CHECK(printable("\xc2\x80\xc2\x9f\xc2\xa0") == "\\u0080\\u009f\xc2\xa0");
  // What turns the direction of reading, and ends of lines of Unicode.
  for (const char* mark : {"\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029"}) {
    CHECK(printable(mark).front() == '\\');
    CHECK(printable(mark).size() == 6);
  }
  CHECK(printable("\u202egnp.exe") == "\\u202egnp.exe");
}

TEST_CASE("printable: bytes that are no UTF-8 are written out one by one") {
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  // Cut short; longer than it need be, of ESC too; half a pair of UTF-16; beyond Unicode.
  CHECK(printable("\xe6\x97") == "\\xe6\\x97");
  CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");
  CHECK(printable("\xe0\x80\x9b") == "\\xe0\\x80\\x9b");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("printable: twice is once, and a name stays on its line") {
  const std::string text = printable("\x1b\n\xff\u202e\\x1b");
  CHECK(printable(text) == text);
  CHECK(printable_name("two\nlines\tand a tab") == "two\\nlines\\tand a tab");
  CHECK(printable_name("é 日本") == "é 日本");
}

TEST_CASE("printable: shortened by characters") {
  CHECK(shortened("日本語", 3) == "日本語");
  CHECK(shortened("日本語", 2) == "日本...");
  CHECK(shortened("", 0).empty());
}

TEST_CASE("errors write out what they quote") {
  CHECK(std::string(FormatError("a.csv: '\x1b]0;title\x07'\n  at a.cpp:1").what()) ==
        "a.csv: '\\x1b]0;title\\x07'\n  at a.cpp:1");
}
