#include "train/event_file.h"

#include "base/format.h"
#include "base/printable.h"

#include <koine/error.h>

#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace koine::train {

namespace {

constexpr std::array<uint32_t, 256> crc_table = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    table[i] = crc;
  }
  return table;
}();

// Protocol buffers: a field's key is its number and how it is written.
enum Wire : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void add_varint(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}
void add_key(std::string& to, int field, Wire wire) { add_varint(to, static_cast<uint64_t>(field) << 3 | wire); }
template <class T>
void add_raw(std::string& to, T value) {
  static_assert(std::endian::native == std::endian::little);
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  to.append(raw, sizeof raw);
}
void add_bytes(std::string& to, int field, std::string_view value) {
  add_key(to, field, bytes);
  add_varint(to, value.size());
  to += value;
}

// The fields of tensorflow.Event, Summary and Summary.Value.
std::string event_at_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string event;
  add_key(event, 1, fixed64);
  add_raw(event, std::chrono::duration<double>(now).count());
  return event;
}

uint32_t masked(std::string_view data) {
  const uint32_t crc = crc32c(data);
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

}  // namespace

uint32_t crc32c(std::string_view data) {
  uint32_t crc = 0xffffffff;
  for (const char c : data) crc = crc >> 8 ^ crc_table[(crc ^ static_cast<uint8_t>(c)) & 0xff];
  return ~crc;
}

EventFile::EventFile(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw IoError(cat("cannot make the folder ", printable_name(folder), ": ", error.message()));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  // Two of one process may begin in the same second.
  std::filesystem::path path;
  for (int number = 0; path.empty() || std::filesystem::exists(path, error); ++number)
    path =
        std::filesystem::path(folder) / cat("events.out.tfevents.", seconds, ".koine.", int64_t{getpid()}, ".", number);
  file_ = std::make_unique<OutputFile>(path.string(), OutputFile::Mode::append);
  std::string first = event_at_now();
  add_bytes(first, 3, "brain.Event:2");
  write(first);
}

void EventFile::scalar(std::string_view tag, double value, int64_t step) {
  std::string one, summary, event = event_at_now();
  add_bytes(one, 1, printable_name(tag));  // UTF-8, whatever it was
  add_key(one, 2, fixed32);
  add_raw(one, static_cast<float>(value));
  add_bytes(summary, 1, one);
  add_key(event, 2, varint);
  add_varint(event, static_cast<uint64_t>(step));
  add_bytes(event, 5, summary);
  write(event);
}

void EventFile::write(const std::string& event) {
  std::string length, record;
  add_raw(length, static_cast<uint64_t>(event.size()));
  record = length;
  add_raw(record, masked(length));
  record += event;
  add_raw(record, masked(event));
  file_->write(record);
}

}  // namespace koine::train
