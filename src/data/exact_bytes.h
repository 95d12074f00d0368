// The bytes of a file whose header says how many there are.
#pragma once

#include "base/format.h"
#include "base/printable.h"
#include "data/byte_source.h"

#include <koine/dim.h>
#include <koine/error.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace koine::data {

/// Throws FormatError where there are fewer or more.
class ExactBytes {
 public:
  ExactBytes(const std::string& path, double expansion)
      : path_(printable_name(path)), source_(open_bytes(path, {.ratio = expansion})) {}
  /// `path` is what errors name.
  ExactBytes(std::string path, std::unique_ptr<ByteSource> source)
      : path_(std::move(path)), source_(std::move(source)) {}

  [[noreturn]] void fail(const std::string& what) const { throw FormatError(cat(path_, ": ", what)); }
  void read(void* to, size_t count) {
    auto* at = static_cast<char*>(to);
    while (count > 0) {
      const size_t got = source_->read({at, count});
      if (got == 0) fail("the file is cut short");
      at += got;
      count -= got;
    }
  }
  template <class T>
  std::vector<T> values(int64_t count) {
    // In pieces: a size that is a lie must not allocate before the bytes are there.
    constexpr size_t piece = size_t{1} << 22;
    std::vector<T> all;
    for (size_t left = static_cast<size_t>(count); left > 0;) {
      const size_t now = std::min(left, piece / sizeof(T));
      all.resize(all.size() + now);
      read(all.data() + all.size() - now, now * sizeof(T));
      left -= now;
    }
    return all;
  }
  void expect_end() {
    char extra = 0;
    if (source_->read({&extra, 1}) != 0) fail("something follows the data");
  }

 private:
  std::string path_;
  std::unique_ptr<ByteSource> source_;
};

/// The number of elements of a shape that a file tells. Throws FormatError when they take more than `most` bytes.
inline int64_t elements(const ExactBytes& file, const Shape& shape, int64_t element_bytes,
                        int64_t most = int64_t{1} << 36) {
  int64_t count = 1;
  for (const Dim& dim : shape) {
    const int64_t n = dim.value();
    if (n < 0 || (n > 0 && count > most / element_bytes / n)) file.fail(cat("an array of shape ", shape));
    count *= n;
  }
  return count;
}

}  // namespace koine::data
