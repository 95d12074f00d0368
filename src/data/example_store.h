// Examples as they come, in memory while there are few and in a temporary file when there are many.
#pragma once

#include "base/random_file.h"

#include <koine/data.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace koine::data {

/// Where examples lie in a file, one behind the other.
struct StoredRows {
  std::shared_ptr<const RandomFile> file;
  uint64_t begin = 0;
  /// What errors name.
  std::string name;
};

/// Reads them there; `shape` is that of all together. Throws FormatError for a bool that is neither 0 nor 1.
ReaderPtr stored_examples(StoredRows rows, DType dtype, const Shape& shape);

/// Whether all bytes are those of bools.
bool are_bools(std::span<const std::byte> bytes);

class ExampleStore {
 public:
  /// For examples of one shape and dtype; beyond so many bytes they go to a file without a name in $TMPDIR (or /tmp),
  /// which is gone with the process.
  ExampleStore(DType dtype, Shape example, int64_t memory);
  ~ExampleStore();
  ExampleStore(const ExampleStore&) = delete;
  ExampleStore& operator=(const ExampleStore&) = delete;

  /// The bytes of one example. Throws IoError.
  void append(std::span<const std::byte> example);
  int64_t size() const { return size_; }
  /// All of them, with what is to be learnt, which stays in memory.
  Dataset take(Array y);

 private:
  class File;
  void flush();

  DType dtype_;
  Shape example_;
  size_t memory_;
  int64_t size_ = 0;
  std::vector<std::byte> bytes_;
  /// Null while all is in memory; `held_` owns it.
  File* file_ = nullptr;
  ReaderPtr held_;
};

}  // namespace koine::data
