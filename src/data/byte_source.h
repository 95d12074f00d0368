// Files as streams of bytes, plain or compressed with gzip.
#pragma once

#include <koine/data.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace koine::data {

/// Limits on what a compressed file may expand to, so that a hostile one cannot fill the memory.
struct ExpansionLimits {
  /// Refuse a file that expands more than this, once it has expanded beyond `free_bytes`.
  double ratio = usual_expansion;
  /// Any ratio is accepted up to this size.
  uint64_t free_bytes = uint64_t{64} << 20;
  /// No file may expand to more than this.
  uint64_t total_bytes = uint64_t{1} << 40;

  /// Throws FormatError, with the name for errors, when so many bytes may not come out of so many.
  void check(const std::string& name, uint64_t expanded, uint64_t packed) const;
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

/// All that is left of a source. Throws FormatError, with the name for errors, for more than `most` bytes.
std::string read_all(ByteSource& source, const std::string& name, uint64_t most = uint64_t{1} << 40);

/// Opens a file. One that starts with the magic bytes of gzip is expanded, whatever its name.
/// Throws IoError as open_input.
std::unique_ptr<ByteSource> open_bytes(const std::string& path, const ExpansionLimits& limits = {});

}  // namespace koine::data
