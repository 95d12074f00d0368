#include "data/text_source.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <zlib.h>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::string gzip(const TempFolder& folder, const std::string& bytes) {
  const std::string path = folder / "packed.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return path;
}

/// "ä€😀\n" and more, in two bytes a unit, the low one first.
const std::string utf16("\xe4\0\xac\x20\x3d\xd8\x00\xde\n\0b\0", 12);
constexpr const char* as_utf8 = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\nb";

std::string read_text(const std::string& path, const std::string& encoding = {}) {
  return data::read_all(*data::open_text(path, encoding), path);
}

std::string swapped(std::string bytes) {
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
  return bytes;
}

}  // namespace

TEST_CASE("text: a byte order mark says what a text is in, whatever is declared") {
  const TempFolder folder;
  for (const char* declared : {"", "utf-8", "latin-1", "UTF-16"}) {
    const auto read = [&](const std::string& bytes) { return read_text(folder.write("t", bytes), declared); };
    CHECK(read(std::string("\xef\xbb\xbf") + as_utf8) == as_utf8);
    CHECK(read("\xff\xfe" + utf16) == as_utf8);
    CHECK(read("\xfe\xff" + swapped(utf16)) == as_utf8);
    CHECK(read(std::string("\xff\xfe\0\0\xe4\0\0\0\n\0\0\0", 12)) == "\xc3\xa4\n");
    CHECK(read(std::string("\0\0\xfe\xff\0\0\0\xe4", 8)) == "\xc3\xa4");
    CHECK(read("").empty());
    CHECK(read("\xef\xbb\xbf").empty());
  }
}

TEST_CASE("text: without a mark it is what is declared, by any of its usual names") {
  const TempFolder folder;
  const auto read = [&](const std::string& bytes, const char* encoding) {
    return read_text(folder.write("t", bytes), encoding);
  };
  for (const char* name : {"", "utf-8", "UTF8", "utf_8", "utf-8-sig"}) CHECK(read(as_utf8, name) == as_utf8);
  for (const char* name : {"latin-1", "latin1", "Latin_1", "iso-8859-1", "ISO8859-1"})
    CHECK(read("caf\xe9 \x80", name) == "caf\xc3\xa9 \xc2\x80");
  for (const char* name : {"windows-1252", "cp1252", "CP1252"})
    CHECK(read("\x80 caf\xe9", name) == "\xe2\x82\xac caf\xc3\xa9");
  for (const char* name : {"utf-16", "utf16", "UTF-16LE", "utf_16_le"}) CHECK(read(utf16, name) == as_utf8);
  CHECK(read(swapped(utf16), "utf-16-be") == as_utf8);
  CHECK(read("\x93\xfa\x96\x7b", "shift-jis") == "\xe6\x97\xa5\xe6\x9c\xac");
  for (const char* name : {"nonsense", "latin-1//IGNORE", "ascii//TRANSLIT", "/"}) {
    CHECK_FALSE(data::is_encoding(name));
    CHECK(contains(message_of<ValueError>([&] { read("a", name); }), name));
  }
  CHECK(data::is_encoding(""));
  CHECK(data::is_encoding("utf-8"));
  CHECK(data::is_encoding("windows-1252"));
}

TEST_CASE("text: what is no text of its encoding is refused at its place") {
  const TempFolder folder;
  const auto refusal = [&](const std::string& bytes, const char* encoding) {
    const std::string path = folder.write("t", bytes);
    return message_of<FormatError>([&] { read_text(path, encoding); }).substr(path.size());
  };
  CHECK(refusal("a\nbc\xe9z", "").starts_with(":2:3: the byte 0xe9 is not UTF-8; say"));
  CHECK(refusal("\xef\xbb\xbf"
                "a\n\n\xff",
                "")
            .starts_with(":3:1: the byte 0xff is not UTF-8"));
  CHECK(refusal(std::string(100000, 'x') + "\xc3", "").starts_with(":1:100001: the byte 0xc3"));
  CHECK(refusal("a\nb\x81", "windows-1252").starts_with(":2:2: the byte 0x81 is no text in windows-1252"));
  CHECK(refusal("caf\xc3\xa9", "ascii").starts_with(":1:4: "));
  // Half of a pair, and half of a unit at the end.
  CHECK(refusal(std::string("a\0\x3d\xd8"
                            "b\0",
                            6),
                "utf-16")
            .starts_with(":1:2: "));
  CHECK(refusal(std::string("a\0"
                            "b",
                            3),
                "utf-16")
            .starts_with(":1:2: "));
}

TEST_CASE("text: packed, and however little is read at once") {
  const TempFolder folder;
  std::string latin, expected;
  for (int i = 0; i < 70000; ++i) {
    latin += i % 3 ? "\xe9" : "a\n";
    expected += i % 3 ? "\xc3\xa9" : "a\n";
  }
  const std::string path = gzip(folder, latin);
  CHECK(read_text(path, "latin-1") == expected);
  CHECK(read_text(gzip(folder, expected)) == expected);
  for (const size_t piece : {1, 2, 3, 5, 7, 65536}) {
    const auto source = data::open_text(folder.write("t", latin), "latin-1");
    std::string text, buffer(piece, '\0');
    while (const size_t count = source->read(buffer)) text += buffer.substr(0, count);
    CHECK(text == expected);
  }
}
