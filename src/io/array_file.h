// Files that have several arrays: .npz and safetensors.
#pragma once

#include "data/numpy_file.h"
#include "io/safetensors/safetensors.h"

#include <koine/data.h>
#include <koine/io.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace koine::io {

/// Each array is read when it is asked for. Throws FormatError that names file and array, also for a name that stands
/// twice, and IoError.
class ArrayFile {
 public:
  struct Entry {
    std::string name;
    DType dtype;
    Shape shape;
    /// Its number in the file.
    size_t place = 0;
  };

  /// Whether a file of this name is an .npz file; all others are safetensors.
  static bool is_npz(std::string_view path) { return path.ends_with(".npz"); }
  /// Whether a file of this name has several arrays.
  static bool is_one(std::string_view path) { return is_npz(path) || path.ends_with(".safetensors"); }

  explicit ArrayFile(const std::string& path, double expansion = data::usual_expansion);
  /// By name.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Null when there is none of the name.
  const Entry* find(std::string_view name) const;
  /// "x [4, 3], y [4]"
  std::string list() const;
  Array read(const Entry& entry) const;
  /// Its examples, along the first axis, without labels; more than `memory` bytes are read when they are needed.
  data::Dataset examples(const Entry& entry, int64_t memory) const;
  /// By name; an .npz file has none.
  Metadata notes() const;

 private:
  std::variant<data::NpzFile, safetensors::Reader> file_;
  std::vector<Entry> entries_;
};

}  // namespace koine::io
