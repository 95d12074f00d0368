// Zip archives, as .npz files are.
#pragma once

#include "base/random_file.h"
#include "data/byte_source.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace koine::data {

struct ZipEntry {
  std::string name;
  /// 0 stored, 8 deflated.
  int method = 0;
  uint64_t packed = 0, size = 0, offset = 0;
  uint32_t checksum = 0;
};

/// An archive without encryption and in one part; only its directory is in memory. Throws FormatError for one that is
/// damaged, has what is not read here or expands beyond the limits, all entries together, and IoError.
class ZipFile {
 public:
  explicit ZipFile(const std::string& path, const ExpansionLimits& limits = {});
  const std::vector<ZipEntry>& entries() const { return entries_; }
  const std::shared_ptr<const RandomFile>& file() const { return file_; }
  /// Where in the file the bytes of an entry begin.
  uint64_t begin_of(const ZipEntry& entry) const;
  /// The bytes of an entry, expanded. At their end FormatError unless their number and checksum are the archive's.
  std::unique_ptr<ByteSource> open(const ZipEntry& entry) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::shared_ptr<const RandomFile> file_;
  std::vector<ZipEntry> entries_;
};

}  // namespace koine::data
