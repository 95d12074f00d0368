// Zip archives, as .npz files are.
#pragma once

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
};

/// Reads an archive without encryption and in one part. Throws FormatError for one that is damaged or has what is not
/// read here, and IoError.
class ZipFile {
 public:
  explicit ZipFile(const std::string& path);
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// The bytes of an entry, expanded; as many as the archive says.
  std::unique_ptr<ByteSource> open(const ZipEntry& entry) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  uint64_t number(uint64_t at, int bytes) const;

  std::string path_;
  std::vector<char> bytes_;
  std::vector<ZipEntry> entries_;
};

}  // namespace koine::data
