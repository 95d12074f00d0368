#include "train/event_file.h"

#include <koine/error.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "support/temp_folder.h"

using namespace koine;
using namespace koine::train;
using namespace koine::testing;

TEST_CASE("event files: the checksum is CRC-32C") {
  // RFC 3720, B.4.
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c("123456789") == 0xe3069283);
}

TEST_CASE("event files: records of TensorBoard's format") {
  TempFolder folder;
  EventFile events(folder / "runs/one");
  events.scalar("loss", 0.5, 300);
  std::string content;
  for (const auto& file : std::filesystem::directory_iterator(folder / "runs/one")) {
    CHECK(contains(file.path().filename().string(), "tfevents"));
    content = read_file(file.path().string());
  }
  std::vector<std::string> records;
  for (size_t at = 0; at < content.size();) {
    uint64_t length = 0;
    std::memcpy(&length, content.data() + at, sizeof length);
    REQUIRE(at + 16 + length <= content.size());
    records.push_back(content.substr(at + 12, length));
    at += 16 + length;
  }
  REQUIRE(records.size() == 2);
  CHECK(contains(records[0],
                 "\x1a\x0d"
                 "brain.Event:2"));
  // Step 300 as a varint; a summary with one value: its tag and 0.5 as float32.
  const std::string value = std::string("\x0a\x04loss\x15") + std::string("\0\0\0\x3f", 4);
  CHECK(records[1].substr(9) == std::string("\x10\xac\x02\x2a\x0d\x0a\x0b") + value);
  const EventFile another(folder / "runs/one");
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "runs/one"), {}) == 2);
  folder.write("file", "");
  CHECK_THROWS_AS(EventFile(folder / "file/runs"), IoError);
}
