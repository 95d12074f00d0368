// Files as streams of bytes, plain or compressed with gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace koine::data {

/// Limits on what a compressed file may expand to, so that a hostile one cannot fill the memory.
struct ExpansionLimits {
  /// Refuse a file that expands more than this, once it has expanded beyond `free_bytes`. Deflate itself ends near
  /// 1030; tables of numbers compress 3 to 50 times.
  double ratio = 200;
  /// Any ratio is accepted up to this size.
  uint64_t free_bytes = uint64_t{256} << 20;
  /// No file may expand to more than this.
  uint64_t total_bytes = uint64_t{1} << 40;
};

/// The bytes of a file from begin to end.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills at most `to.size()` bytes and returns how many; 0 only at the end.
  /// Throws IoError when reading fails and FormatError when compressed data are damaged, cut short or beyond the
  /// limits.
  virtual size_t read(std::span<char> to) = 0;
};

/// Opens a file. One that starts with the magic bytes of gzip is expanded, whatever its name.
/// Throws IoError that names the path when it cannot be opened or is a folder.
std::unique_ptr<ByteSource> open_bytes(const std::string& path, const ExpansionLimits& limits = {});

}  // namespace koine::data
