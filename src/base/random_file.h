// A plain file that is read at any place, by any thread.
#pragma once

#include "base/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace koine {

class RandomFile {
 public:
  /// Throws as open_input.
  explicit RandomFile(const std::string& path);

  /// The path as errors show it.
  const std::string& name() const { return name_; }
  /// As it was when it was opened.
  uint64_t size() const { return size_; }
  /// Fills `to`. Throws FormatError when the file ends before, and IoError.
  void read_at(uint64_t offset, std::span<std::byte> to) const;

 private:
  std::string name_;
  Descriptor file_;
  uint64_t size_ = 0;
};

}  // namespace koine
