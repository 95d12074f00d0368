#include "data/csv.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <zlib.h>

#include <cmath>

using namespace koine;
using namespace koine::data;
using testing::message_of;
using testing::TempFolder;

namespace {

Table read(std::string_view text, TableOptions options = {}) {
  TempFolder folder;
  return read_table(folder.write("table.csv", text), options);
}

// What follows the folder in the message of the error: "table.csv:2:3: ...".
std::string error(std::string_view text, TableOptions options = {}) {
  TempFolder folder;
  const std::string path = folder.write("table.csv", text);
  const std::string message = message_of<FormatError>([&] { read_table(path, options); });
  return message.size() > path.size() ? message.substr(path.size()) : message;
}

std::string gzip(std::string_view text, int level = 6) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

using Values = std::vector<double>;
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("csv: numbers by row") {
  const Table table = read("1,2.5,-3\n4e2,+5, 6 \n");
  CHECK(table.rows == 2);
  CHECK(table.columns == 3);
  CHECK(table.names.empty());
  CHECK(table.values == Values{1, 2.5, -3, 400, 5, 6});
}

TEST_CASE("csv: line ends, a missing last one, empty lines and a byte order mark") {
  CHECK(read("1,2\r\n3,4\r\n").values == Values{1, 2, 3, 4});
  CHECK(read("1,2\n3,4").values == Values{1, 2, 3, 4});
  CHECK(read("1,2\r\n3,4\r").values == Values{1, 2, 3, 4});
  CHECK(read("\n1,2\n\n  \n3,4\n\r\n\n").values == Values{1, 2, 3, 4});
  CHECK(read("\xef\xbb\xbf"
             "1,2\n")
            .values == Values{1, 2});
  CHECK(read(std::string_view("\xff\xfe"
                              "1\0,\0"
                              "2\0",
                              8))
            .values == Values{1, 2});
  CHECK(read("7").values == Values{7});
}

TEST_CASE("csv: infinities, not-a-number and the smallest numbers") {
  const Table table = read("inf,-inf,nan\n1e-320,0,1\n");
  CHECK(std::isinf(table.values[0]));
  CHECK(table.values[1] < 0);
  CHECK(std::isnan(table.values[2]));
  CHECK(table.values[3] == 1e-320);
}

TEST_CASE("csv: a header is found or told") {
  CHECK(read("a,b\n1,2\n").names == Names{"a", "b"});
  CHECK(read("a,b\n1,2\n").rows == 1);
  CHECK(read("1,2\n3,4\n", {.header = Header::present}).names == Names{"1", "2"});
  CHECK(error("a,b\n1,2\n", {.header = Header::absent}) == ":1:1: field 1: \"a\" is not a number");
  CHECK(error("1,x\n1,2\n") ==
        ":1:3: field 2: \"x\" is not a number; the line holds other numbers, so it was not taken as names of columns");
}

TEST_CASE("csv: quotes as in RFC 4180") {
  const Table table = read("\"a \"\"quoted\"\" name\",\"two\nlines, one name\"\n\"1\",\"2\" \r\n");
  CHECK(table.names == Names{"a \"quoted\" name", "two\nlines, one name"});
  CHECK(table.values == Values{1, 2});
  CHECK(error("1,\"2\n3,4\n") == ":1:3: the quote is never closed");
  CHECK(error("1,\"2\"3\n") == ":1:6: text after a closing quote: \"3\"");
  CHECK(error("1,\"2\" \"3\"\n") == ":1:7: text after a closing quote: \"\"\"");
  CHECK(error("1,2\"3\"\n") == ":1:4: a quote inside a field that does not start with one");
  CHECK(error("1,\"\"\n") == ":1:3: field 2: the value is missing");
}

TEST_CASE("csv: errors say line, column, field, name and text") {
  CHECK(error("width,height\n1,2\n3,wide\n") == ":3:3: field 2 (height): \"wide\" is not a number");
  CHECK(error("1,2\n3,\n") == ":2:3: field 2: the value is missing");
  CHECK(error("1,2\n,3\n") == ":2:1: field 1: the value is missing");
  CHECK(error("1,2\n3,1e999\n") == ":2:3: field 2: \"1e999\" is beyond the range of float64");
  CHECK(error("1,2\n3,0x10\n") == ":2:3: field 2: \"0x10\" is not a number");
  CHECK(error("1,2\n3,1;2\n") == ":2:3: field 2: \"1;2\" is not a number");
  CHECK(error("1,2\n3,+-4\n") == ":2:3: field 2: \"+-4\" is not a number");
  CHECK(error("1,2\n3,\"\n4\"\n") == ":2:3: field 2: \"\\n4\" is not a number");
  CHECK(error("1,2\n3\n") == ":2:1: the row has 1 field, the first one has 2");
  CHECK(error("1,2\n3,4,5\n") == ":2:1: the row has 3 fields, the first one has 2");
  CHECK(error("1\n" + std::string(100, 'x')) == ":2:1: field 1: \"" + std::string(40, 'x') + "...\" is not a number");
  CHECK(error("1\n\x1b[31m2\n") == ":2:1: field 1: \"\\x1b[31m2\" is not a number");
}

TEST_CASE("csv: lines inside quotes count") {
  CHECK(error("\"a\nb\",c\n1,2\n3,x\n") == ":4:3: field 2 (c): \"x\" is not a number");
}

TEST_CASE("csv: spaces belong to a text in quotes, and to no other; numbers have none") {
  TempFolder folder;
  const TextTable table = read_text_table(folder.write("t.csv", "name ,\" x \"\n a ,1\n\" a \",\" 2 \"\n\"a\"  ,3\n"));
  CHECK(table.names == std::vector<std::string>{"name", "x"});
  CHECK(table.cells == std::vector<std::string>{"a", "1", " a ", " 2 ", "a", "3"});
  double value = 0;
  CHECK(read_number(" 2 ", value));
  CHECK(value == 2);
  CHECK(read("\" 3 \",4\n").values == Values{3, 4});
}

TEST_CASE("csv: what is no table of numbers is refused") {
  CHECK(error("") == ": no rows");
  CHECK(error("a,b\n") == ": no rows");
  CHECK(error(std::string_view("1,\0\n", 4)) == ":1:3: a zero byte; this is not a table in text");
  CHECK(error("1,2\n3,\xe9\n").starts_with(":2:3: the byte 0xe9 is not UTF-8; say"));
  CHECK(error("1,2,3\n", {.max_record_bytes = 4}) == ":1:5: a record longer than 4 bytes; is this a table in text?");
  CHECK(error(",,,,\n", {.max_columns = 3}) == ":1:4: a row with more than 3 fields");
}

TEST_CASE("csv: tabs by name or as told") {
  TempFolder folder;
  CHECK(read_table(folder.write("a.tsv", "1\t2\n")).columns == 2);
  CHECK(read_table(folder.write("a.tsv.gz", gzip("1\t2\n"))).columns == 2);
  CHECK(read("1;2\n", {.delimiter = ';'}).values == Values{1, 2});
}

TEST_CASE("csv: gzip is found by its bytes, in one or more members") {
  CHECK(read(gzip("1,2\n")).values == Values{1, 2});
  CHECK(read(gzip("1,2\n3,") + gzip("4\n")).values == Values{1, 2, 3, 4});
  CHECK(read(gzip("1,2\n") + std::string(600, '\0')).values == Values{1, 2});
}

TEST_CASE("csv: long files cross the pieces in which they are read") {
  std::string text;
  Values expected;
  for (int i = 0; i < 120000; ++i) {
    text += std::to_string(i) + "," + std::to_string(-i) + "\n";
    expected.push_back(i);
    expected.push_back(-i);
  }
  CHECK(read(text).values == expected);
  CHECK(read(gzip(text)).values == expected);
}

TEST_CASE("csv: damaged gzip is refused") {
  const std::string good = gzip("1,2\n3,4\n5,6\n");
  CHECK(error(good.substr(0, good.size() - 9)) == ": the gzip data are cut short");
  CHECK(error(good.substr(0, 5)) == ": the gzip data are cut short");
  std::string wrong_sum = good;
  wrong_sum[good.size() - 6] ^= 1;
  CHECK(error(wrong_sum) == ": the gzip data are damaged (incorrect data check)");
  CHECK(error(good + "1,2\n") == ": something that is not gzip follows the gzip data");
}

TEST_CASE("csv: gzip that expands beyond the limits is refused") {
  const std::string bomb = gzip(std::string(4 << 20, '\n'), 9);
  REQUIRE(bomb.size() < 8000);
  CHECK(testing::contains(error(bomb, {.expansion = {.ratio = 100, .free_bytes = 1 << 20}}),
                          "expands to more than 100 times"));
  CHECK(testing::contains(error(bomb, {.expansion = {.total_bytes = 1 << 20}}), "expands to more than 1048576 bytes"));
  CHECK(error(bomb) == ": no rows");
}

TEST_CASE("csv: files that cannot be opened") {
  TempFolder folder;
  CHECK(testing::contains(message_of<IoError>([&] { read_table(folder / "none.csv"); }), "none.csv: No such file"));
  CHECK(testing::contains(message_of<IoError>([&] { read_table(folder.path().string()); }), "it is a folder"));
}

TEST_CASE("csv: the real digits") {
  const Table table = read_table("data/digits.csv.gz");
  CHECK(table.rows == 1797);
  CHECK(table.columns == 65);
  CHECK(table.values[64] == 0);
  CHECK(table.values[65 + 64] == 1);
}
