#include "data/zip_file.h"

#include "base/format.h"

#include <koine/error.h>

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace koine::data {

namespace {

// The signatures of the format (PKWARE's APPNOTE, 4.3).
constexpr uint64_t end_signature = 0x06054b50, entry_signature = 0x02014b50, local_signature = 0x04034b50,
                   end_locator = 0x07064b50;
constexpr uint64_t end_size = 22, entry_size = 46, local_size = 30;
constexpr uint64_t in_extra = 0xffffffff;

class Stored final : public ByteSource {
 public:
  explicit Stored(std::span<const char> bytes) : bytes_(bytes) {}
  size_t read(std::span<char> to) override {
    const size_t count = std::min(to.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, to.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }

 private:
  std::span<const char> bytes_;
};

class Deflated final : public ByteSource {
 public:
  Deflated(std::span<const char> bytes, std::string name) : name_(std::move(name)) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw FormatError(cat(name_, ": cannot be expanded"));
  }
  ~Deflated() override { inflateEnd(&stream_); }
  size_t read(std::span<char> to) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(to.size(), size_t{1} << 30));
    const uInt room = stream_.avail_out;
    while (!ended_ && stream_.avail_out > 0) {
      const int status = inflate(&stream_, Z_NO_FLUSH);
      ended_ = status == Z_STREAM_END;
      if (status != Z_OK && !ended_) throw FormatError(cat(name_, ": damaged, or cut short"));
    }
    return room - stream_.avail_out;
  }

 private:
  std::string name_;
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

ZipFile::ZipFile(const std::string& path) : path_(path) {
  const auto source = open_bytes(path);
  std::vector<char> piece(size_t{1} << 20);
  while (const size_t count = source->read(piece))
    bytes_.insert(bytes_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  // The end of the directory is the last thing but for a comment.
  uint64_t end = bytes_.size();
  do {
    if (end == 0 || bytes_.size() < end_size) fail("is no zip archive");
    --end;
  } while (end + end_size > bytes_.size() || number(end, 4) != end_signature);
  uint64_t count = number(end + 10, 2), at = number(end + 16, 4);
  if (at == in_extra || count == 0xffff) {
    if (end < 20 || number(end - 20, 4) != end_locator) fail("a large archive whose directory is not found");
    const uint64_t larger = number(end - 12, 8);
    count = number(larger + 32, 8);
    at = number(larger + 48, 8);
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (number(at, 4) != entry_signature) fail("its directory is damaged");
    if (number(at + 8, 2) & 1) fail("its entries are encrypted");
    const uint64_t name = number(at + 28, 2), extra = number(at + 30, 2), comment = number(at + 32, 2);
    ZipEntry entry{"", static_cast<int>(number(at + 10, 2)), number(at + 20, 4), number(at + 24, 4),
                   number(at + 42, 4)};
    number(at + entry_size + name + extra, 0);
    entry.name.assign(bytes_.data() + at + entry_size, name);
    // Sizes beyond 32 bits stand in a field of their own, in this order.
    for (uint64_t field = at + entry_size + name; field + 4 <= at + entry_size + name + extra;) {
      const uint64_t id = number(field, 2), length = number(field + 2, 2);
      uint64_t value = field + 4;
      for (uint64_t* one : {&entry.size, &entry.packed, &entry.offset})
        if (id == 1 && *one == in_extra) {
          *one = number(value, 8);
          value += 8;
        }
      field += 4 + length;
    }
    entries_.push_back(std::move(entry));
    at += entry_size + name + extra + comment;
  }
}

std::unique_ptr<ByteSource> ZipFile::open(const ZipEntry& entry) const {
  if (number(entry.offset, 4) != local_signature) fail("its directory is damaged");
  const uint64_t begin = entry.offset + local_size + number(entry.offset + 26, 2) + number(entry.offset + 28, 2);
  if (begin > bytes_.size() || entry.packed > bytes_.size() - begin) fail("it is cut short");
  const std::span<const char> packed(bytes_.data() + begin, static_cast<size_t>(entry.packed));
  if (entry.method == 0) return std::make_unique<Stored>(packed);
  if (entry.method != 8) fail(cat("an entry is packed by method ", entry.method, "; save it by numpy.savez"));
  if (packed.size() >= UINT32_MAX) fail("an entry is too large to be expanded");
  return std::make_unique<Deflated>(packed, cat(path_, ", ", entry.name));
}

void ZipFile::fail(const std::string& what) const { throw FormatError(cat(path_, ": ", what)); }

uint64_t ZipFile::number(uint64_t at, int bytes) const {
  if (at > bytes_.size() || static_cast<uint64_t>(bytes) > bytes_.size() - at) fail("its directory is damaged");
  uint64_t value = 0;
  std::memcpy(&value, bytes_.data() + at, static_cast<size_t>(bytes));
  return value;
}

}  // namespace koine::data
