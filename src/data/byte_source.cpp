#include "data/byte_source.h"

#include <koine/error.h>

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace koine::data {

namespace {

constexpr unsigned char gzip_magic[] = {0x1f, 0x8b};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class PlainSource : public ByteSource {
 public:
  PlainSource(File file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  size_t read(std::span<char> to) override {
    const size_t count = std::fread(to.data(), 1, to.size(), file_.get());
    if (count < to.size() && std::ferror(file_.get()))
      throw IoError("cannot read " + path_ + ": " + std::strerror(errno));
    return count;
  }

 private:
  File file_;
  std::string path_;
};

class GzipSource : public ByteSource {
 public:
  GzipSource(std::unique_ptr<PlainSource> compressed, std::string path, const ExpansionLimits& limits)
      : compressed_(std::move(compressed)), path_(std::move(path)), limits_(limits) {
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
    check_limits();
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

  void check_limits() const {
    if (expanded_ > limits_.total_bytes)
      throw FormatError(path_ + ": expands to more than " + std::to_string(limits_.total_bytes) + " bytes, the limit");
    if (expanded_ > limits_.free_bytes &&
        static_cast<double>(expanded_) > limits_.ratio * static_cast<double>(consumed_))
      throw FormatError(path_ + ": expands to more than " + std::to_string(static_cast<int64_t>(limits_.ratio)) +
                        " times its size, the limit for large files");
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

std::unique_ptr<ByteSource> open_bytes(const std::string& path, const ExpansionLimits& limits) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw IoError("cannot open " + path + ": " + std::strerror(errno));
  struct stat status{};
  if (fstat(fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode))
    throw IoError("cannot open " + path + ": it is a folder");
  unsigned char magic[2] = {};
  const bool compressed = std::fread(magic, 1, 2, file.get()) == 2 && std::memcmp(magic, gzip_magic, 2) == 0;
  if (std::fseek(file.get(), 0, SEEK_SET) != 0) throw IoError("cannot read " + path + ": " + std::strerror(errno));
  auto plain = std::make_unique<PlainSource>(std::move(file), path);
  if (!compressed) return plain;
  return std::make_unique<GzipSource>(std::move(plain), path, limits);
}

}  // namespace koine::data
