#include "data/byte_source.h"

#include "base/format.h"
#include "base/input_file.h"
#include "base/printable.h"

#include <koine/error.h>

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

namespace koine::data {

namespace {

constexpr unsigned char gzip_magic[] = {0x1f, 0x8b};

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(const std::string& path) : path_(path), file_(open_input(path)) {}

  size_t read(std::span<char> to) override { return read_some(file_, path_, to); }
  bool begins_with(std::span<const unsigned char> magic) const {
    std::vector<unsigned char> bytes(magic.size());
    const ssize_t count = pread(file_.number(), bytes.data(), bytes.size(), 0);
    return count == std::ssize(magic) && std::equal(magic.begin(), magic.end(), bytes.begin());
  }

 private:
  std::string path_;
  Descriptor file_;
};

class GzipSource : public ByteSource {
 public:
  GzipSource(std::unique_ptr<PlainSource> compressed, const std::string& path, const ExpansionLimits& limits)
      : compressed_(std::move(compressed)), path_(printable_name(path)), limits_(limits) {
    constexpr int gzip_only = 16;
    if (inflateInit2(&stream_, gzip_only + MAX_WBITS) != Z_OK) throw OutOfMemory("no memory to expand " + path_);
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  size_t read(std::span<char> to) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(to.size(), 1u << 30));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && !ended_) step();
    const size_t count = wanted - stream_.avail_out;
    expanded_ += count;
    limits_.check(path_, expanded_, consumed_);
    return count;
  }

 private:
  // One call of inflate, with input to work on.
  void step() {
    if (stream_.avail_in == 0) refill();
    if (!in_member_) {
      begin_member();
      return;
    }
    if (stream_.avail_in == 0) throw FormatError(path_ + ": the gzip data are cut short");
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      in_member_ = false;
    } else if (status == Z_MEM_ERROR) {
      throw OutOfMemory("no memory to expand " + path_);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw FormatError(path_ + ": the gzip data are damaged" +
                        (stream_.msg ? std::string(" (") + stream_.msg + ")" : std::string()));
    }
  }

  // A gzip file is one or more members one after the other; tapes and some tools fill the end with zeros.
  void begin_member() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0 && !first_) {
      ++stream_.next_in;
      if (--stream_.avail_in == 0) refill();
    }
    if (stream_.avail_in == 0) {
      ended_ = true;
      return;
    }
    if (*stream_.next_in != gzip_magic[0])
      throw FormatError(path_ + ": something that is not gzip follows the gzip data");
    inflateReset(&stream_);
    in_member_ = true;
    first_ = false;
  }

  void refill() {
    const size_t count = compressed_->read(buffer_);
    consumed_ += count;
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(count);
  }

  std::unique_ptr<PlainSource> compressed_;
  std::string path_;
  ExpansionLimits limits_;
  z_stream stream_{};
  std::array<char, 1 << 16> buffer_;
  uint64_t consumed_ = 0;
  uint64_t expanded_ = 0;
  bool in_member_ = false;
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace

void ExpansionLimits::check(const std::string& name, uint64_t expanded, uint64_t packed) const {
  if (expanded > total_bytes)
    throw FormatError(cat(name, ": expands to more than ", total_bytes, " bytes, the most that any file may"));
  if (expanded > free_bytes && static_cast<double>(expanded) > ratio * static_cast<double>(packed))
    throw FormatError(cat(name, ": expands to more than ", ratio, " times its size and beyond ", free_bytes,
                          " bytes; where that is right, a larger `expansion` reads it"));
}

std::string read_all(ByteSource& source, const std::string& name, uint64_t most) {
  std::string all;
  std::vector<char> piece(size_t{1} << 18);
  while (const size_t count = source.read(piece)) {
    all.append(piece.data(), count);
    if (all.size() > most) throw FormatError(cat(printable_name(name), ": has more than ", most, " bytes"));
  }
  return all;
}

std::unique_ptr<ByteSource> open_bytes(const std::string& path, const ExpansionLimits& limits) {
  auto plain = std::make_unique<PlainSource>(path);
  if (!plain->begins_with(gzip_magic)) return plain;
  return std::make_unique<GzipSource>(std::move(plain), path, limits);
}

}  // namespace koine::data
