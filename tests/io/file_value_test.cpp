#include "io/file_value.h"

#include "support/temp_folder.h"

#include <koine/error.h>

#include <cmath>

using namespace koine;
using io::FileValue;
using testing::message_of;

namespace {

FileValue value(const std::string& json) { return FileValue::parse(json, "f.bin", "the note 'n'"); }

template <class Read>
std::string error(const std::string& json, Read read) {
  return message_of<FormatError>([&] { read(value("{\"a\": [" + json + "]}").at("a").at(size_t{0})); });
}

}  // namespace

TEST_CASE("file value: a whole number is one and lies in its range, or the error says where and what") {
  const auto read = [](const FileValue& one) { one.integer(0, 100); };
  CHECK(error("7", read).empty());
  CHECK(error("-1", read) == "f.bin: the note 'n', a.0: got -1, expected a whole number from 0 to 100");
  for (const char* wrong :
       {"101", "1e300", "1.5", "1.0", "1e0", "4611686018427387904", "9223372036854775808", "18446744073709551615",
        "99999999999999999999", "true", "false", "\"3\"", "null", "[3]", "{}", "-9223372036854775808", "-0.0"}) {
    CAPTURE(wrong);
    CHECK(error(wrong, read).find("expected a whole number from 0 to 100") != std::string::npos);
  }
  CHECK(value("9223372036854775807").integer(0) == INT64_MAX);
  CHECK(value("-9223372036854775808").integer(INT64_MIN) == INT64_MIN);
  CHECK(message_of<FormatError>([] { value("9223372036854775808").integer(0); }) ==
        "f.bin: the note 'n': got 9223372036854775808, expected a whole number of at least 0");
}

TEST_CASE("file value: numbers, bools and texts are not converted") {
  CHECK(value("1").number() == 1);
  CHECK(value("-2.5e-3").number() == -2.5e-3);
  CHECK(std::isnan(value("null").number_or_nan()));
  CHECK(error("null", [](const FileValue& one) { one.number(); }) ==
        "f.bin: the note 'n', a.0: got null, expected a number");
  CHECK(error("2", [](const FileValue& one) { one.number(0, 1); }) ==
        "f.bin: the note 'n', a.0: got 2, expected a number from 0 to 1");
  for (const char* wrong : {"true", "\"1\"", "[]"})
    CHECK_FALSE(error(wrong, [](const auto& one) { one.number(); }).empty());
  for (const char* wrong : {"0", "1", "null", "\"true\""})
    CHECK_FALSE(error(wrong, [](const auto& one) { one.boolean(); }).empty());
  CHECK(value("true").boolean());
  CHECK(value("\"\\u00e9\"").text() == "é");
  CHECK(error("\"four\"", [](const auto& one) { one.text(3); }) ==
        "f.bin: the note 'n', a.0: got \"four\", expected a text of at most 3 bytes");
  CHECK(error("\"\\u001b[31m\"", [](const auto& one) { one.integer(0); }) ==
        "f.bin: the note 'n', a.0: got \"\\x1b[31m\", expected a whole number of at least 0");
}

TEST_CASE("file value: what is missing, and lists of other lengths") {
  CHECK(message_of<FormatError>([] { value("{\"a\": {}}").at("a").at("b"); }) ==
        "f.bin: the note 'n', a.b: got nothing, expected a value");
  CHECK(message_of<FormatError>([] { value("[1, 2]").at(size_t{2}); }) ==
        "f.bin: the note 'n', 2: got nothing, expected a value");
  CHECK(message_of<FormatError>([] { value("[1, 2]").at("a"); }) ==
        "f.bin: the note 'n': got a list of 2, expected an object");
  CHECK(message_of<FormatError>([] { value("[1, 2]").tuple(3); }) ==
        "f.bin: the note 'n': got a list of 2, expected a list of 3");
  CHECK(message_of<FormatError>([] { value("[1, 2]").list(0, 1); }) ==
        "f.bin: the note 'n': got a list of 2, expected a list of 0 to 1");
  CHECK(value("[1, 2]").list().size() == 2);
  CHECK(message_of<FormatError>([] { FileValue::note({{"m", "1"}}, "n", "f.bin"); }) == "f.bin: has no note 'n'");
  CHECK(FileValue::note({{"m", "1"}}, "m", "f.bin").integer(0) == 1);
}

TEST_CASE("file value: what is no JSON, has a key twice or is nested without end") {
  for (const char* wrong : {"", "{", "NaN", "[1,]", "1 2", "1e400", "\xff", "{\"a\": 1 \"b\": 2}"}) {
    CAPTURE(wrong);
    CHECK(message_of<FormatError>([&] { value(wrong); }) == "f.bin: the note 'n' is no JSON");
  }
  CHECK(message_of<FormatError>([] { value("{\"a\": {\"b\": 1, \"b\": 2}}"); }) ==
        "f.bin: the note 'n' has the key 'b' twice");
  CHECK(value("{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 2}]}").has("b"));
  const std::string deep(100000, '[');
  CHECK(message_of<FormatError>([&] { value(deep); }) == "f.bin: the note 'n' is nested deeper than 16");
}
