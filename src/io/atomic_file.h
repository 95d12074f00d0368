// Files that are either the old one or the whole new one, whenever the process or the machine stops.
#pragma once

#include "base/descriptor.h"

#include <cstddef>
#include <span>
#include <string>

namespace koine::io {

/// Writes a file beside its final place: a temporary file in the same folder, then fsync, rename, and fsync of the
/// folder. Without commit() nothing changes and the temporary file is removed. A symbolic link keeps pointing where it
/// points: its target is replaced.
class AtomicFile {
 public:
  /// Throws IoError that names the path.
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws IoError, on a full disk too; the file at the final place is then untouched.
  void write(std::span<const std::byte> bytes);
  /// Puts the file in place; when it returns, the file outlives a loss of power.
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string temporary_;
  Descriptor file_;
};

}  // namespace koine::io
