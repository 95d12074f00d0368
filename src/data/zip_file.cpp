#include "data/zip_file.h"

#include "base/format.h"
#include "base/printable.h"

#include <koine/error.h>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace koine::data {

namespace {

// The signatures of the format (PKWARE's APPNOTE, 4.3).
constexpr uint64_t end_signature = 0x06054b50, entry_signature = 0x02014b50, local_signature = 0x04034b50,
                   end_locator = 0x07064b50;
constexpr uint64_t end_size = 22, locator_size = 20, large_end_size = 56, entry_size = 46, local_size = 30;
constexpr uint64_t in_extra = 0xffffffff;
// What a directory may take: some hundred thousand arrays.
constexpr uint64_t most_directory = uint64_t{1} << 26;

/// Some bytes of the archive.
class Part {
 public:
  Part(const RandomFile& file, uint64_t begin, uint64_t count) : path_(file.name()) {
    if (begin > file.size() || count > file.size() - begin) fail();
    bytes_.resize(static_cast<size_t>(count));
    file.read_at(begin, std::as_writable_bytes(std::span(bytes_)));
  }
  uint64_t size() const { return bytes_.size(); }
  uint64_t number(uint64_t at, int bytes) const {
    uint64_t value = 0;
    const std::span<const char> from = text(at, static_cast<uint64_t>(bytes));
    std::memcpy(&value, from.data(), from.size());
    return value;
  }
  std::span<const char> text(uint64_t at, uint64_t count) const {
    if (at > size() || count > size() - at) fail();
    return std::span(bytes_).subspan(static_cast<size_t>(at), static_cast<size_t>(count));
  }
  [[noreturn]] void fail() const { throw FormatError(cat(path_, ": its directory is damaged")); }

 private:
  const std::string& path_;
  std::vector<char> bytes_;
};

class Stored final : public ByteSource {
 public:
  Stored(std::shared_ptr<const RandomFile> file, uint64_t begin, uint64_t count)
      : file_(std::move(file)), at_(begin), left_(count) {}
  size_t read(std::span<char> to) override {
    const size_t count = static_cast<size_t>(std::min<uint64_t>(to.size(), left_));
    file_->read_at(at_, std::as_writable_bytes(to.first(count)));
    at_ += count;
    left_ -= count;
    return count;
  }

 private:
  std::shared_ptr<const RandomFile> file_;
  uint64_t at_, left_;
};

class Deflated final : public ByteSource {
 public:
  Deflated(std::unique_ptr<ByteSource> packed, std::string name) : packed_(std::move(packed)), name_(std::move(name)) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw OutOfMemory("no memory to expand " + name_);
  }
  ~Deflated() override { inflateEnd(&stream_); }
  size_t read(std::span<char> to) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(to.size(), size_t{1} << 30));
    const uInt room = stream_.avail_out;
    while (!ended_ && stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        stream_.avail_in = static_cast<uInt>(packed_->read(buffer_));
        stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      ended_ = status == Z_STREAM_END;
      if (status != Z_OK && !ended_) throw FormatError(cat(name_, ": damaged, or cut short"));
    }
    return room - stream_.avail_out;
  }

 private:
  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  z_stream stream_{};
  std::array<char, 1 << 16> buffer_;
  bool ended_ = false;
};

/// What an entry expands to, compared with what the directory says of it.
class Checked final : public ByteSource {
 public:
  Checked(std::unique_ptr<ByteSource> bytes, const ZipEntry& entry, std::string name)
      : bytes_(std::move(bytes)), size_(entry.size), checksum_(entry.checksum), name_(std::move(name)) {}
  size_t read(std::span<char> to) override {
    const size_t count = bytes_->read(to);
    found_ = crc32_z(found_, reinterpret_cast<const Bytef*>(to.data()), count);
    seen_ += count;
    if (seen_ > size_ || (count == 0 && !to.empty() && (seen_ < size_ || found_ != checksum_)))
      throw FormatError(cat(name_, ": damaged, its ", seen_ == size_ ? "checksum is another one" : "length differs"));
    return count;
  }

 private:
  std::unique_ptr<ByteSource> bytes_;
  uint64_t size_, seen_ = 0;
  uLong checksum_, found_ = 0;
  std::string name_;
};

}  // namespace

ZipFile::ZipFile(const std::string& path, const ExpansionLimits& limits)
    : file_(std::make_shared<const RandomFile>(path)) {
  // The end of the directory is the last thing but for a comment of at most 64 kB.
  const uint64_t tail = std::min<uint64_t>(file_->size(), locator_size + end_size + 0xffff);
  const Part last(*file_, file_->size() - tail, tail);
  uint64_t end = last.size();
  do {
    if (end == 0 || last.size() < end_size) fail("is no zip archive");
    --end;
  } while (end + end_size > last.size() || last.number(end, 4) != end_signature);
  uint64_t count = last.number(end + 10, 2), bytes = last.number(end + 12, 4), begin = last.number(end + 16, 4);
  if (begin == in_extra || bytes == in_extra || count == 0xffff) {
    if (end < locator_size || last.number(end - locator_size, 4) != end_locator)
      fail("a large archive whose directory is not found");
    const Part large(*file_, last.number(end - 12, 8), large_end_size);
    count = large.number(32, 8);
    bytes = large.number(40, 8);
    begin = large.number(48, 8);
  }
  if (bytes > most_directory) fail(cat("its directory takes ", bytes, " bytes"));
  const Part directory(*file_, begin, bytes);
  uint64_t at = 0, expanded = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (directory.number(at, 4) != entry_signature) directory.fail();
    if (directory.number(at + 8, 2) & 1) fail("its entries are encrypted");
    const uint64_t name = directory.number(at + 28, 2), extra = directory.number(at + 30, 2),
                   comment = directory.number(at + 32, 2);
    ZipEntry entry{"",
                   static_cast<int>(directory.number(at + 10, 2)),
                   directory.number(at + 20, 4),
                   directory.number(at + 24, 4),
                   directory.number(at + 42, 4),
                   static_cast<uint32_t>(directory.number(at + 16, 4))};
    const std::span<const char> text = directory.text(at + entry_size, name);
    entry.name.assign(text.begin(), text.end());
    // Sizes beyond 32 bits stand in a field of their own, in this order.
    for (uint64_t field = at + entry_size + name; field + 4 <= at + entry_size + name + extra;) {
      const uint64_t id = directory.number(field, 2), length = directory.number(field + 2, 2);
      uint64_t value = field + 4;
      for (uint64_t* one : {&entry.size, &entry.packed, &entry.offset})
        if (id == 1 && *one == in_extra) {
          *one = directory.number(value, 8);
          value += 8;
        }
      field += 4 + length;
    }
    // Of all entries: many may expand from the same bytes.
    if (__builtin_add_overflow(expanded, entry.size, &expanded)) directory.fail();
    limits.check(file_->name(), expanded, file_->size());
    entries_.push_back(std::move(entry));
    at += entry_size + name + extra + comment;
  }
}

uint64_t ZipFile::begin_of(const ZipEntry& entry) const {
  const Part local(*file_, entry.offset, local_size);
  if (local.number(0, 4) != local_signature) local.fail();
  const uint64_t begin = entry.offset + local_size + local.number(26, 2) + local.number(28, 2);
  if (begin > file_->size() || entry.packed > file_->size() - begin) fail("it is cut short");
  return begin;
}

std::unique_ptr<ByteSource> ZipFile::open(const ZipEntry& entry) const {
  if (entry.method != 0 && entry.method != 8)
    fail(cat("an entry is packed by method ", entry.method, "; save it by numpy.savez"));
  const std::string name = cat(file_->name(), ", ", printable_name(entry.name));
  // Nothing that is deflated becomes more than 1032 times as large.
  constexpr uint64_t most_expanded = 1040;
  if (entry.method == 0 ? entry.size != entry.packed : entry.size / most_expanded > entry.packed)
    throw FormatError(cat(name, ": damaged, ", entry.packed, " bytes are not packed of ", entry.size));
  std::unique_ptr<ByteSource> bytes = std::make_unique<Stored>(file_, begin_of(entry), entry.packed);
  if (entry.method == 8) bytes = std::make_unique<Deflated>(std::move(bytes), name);
  return std::make_unique<Checked>(std::move(bytes), entry, name);
}

void ZipFile::fail(const std::string& what) const { throw FormatError(cat(file_->name(), ": ", what)); }

}  // namespace koine::data
