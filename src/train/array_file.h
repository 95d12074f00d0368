// Files that have several arrays: .npz and safetensors.
#pragma once

#include "data/numpy_file.h"
#include "io/safetensors/safetensors.h"

#include <koine/data.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace koine::train {

/// Each array is read when it is asked for. Throws FormatError that names file and array, and IoError.
class ArrayFile {
 public:
  struct Entry {
    std::string name;
    DType dtype;
    Shape shape;
  };

  /// Whether a file of this name has several arrays.
  static bool is_one(std::string_view path) { return path.ends_with(".npz") || path.ends_with(".safetensors"); }

  explicit ArrayFile(const std::string& path);
  /// By name.
  const std::vector<Entry>& entries() const { return entries_; }
  bool has(std::string_view name) const;
  /// "x [4, 3], y [4]"
  std::string list() const;
  Array read(std::string_view name) const;
  /// Its examples, along the first axis, without labels; more than `memory` bytes are read when they are needed.
  data::Dataset examples(std::string_view name, int64_t memory) const;

 private:
  std::variant<data::NpzFile, io::safetensors::Reader> file_;
  std::vector<Entry> entries_;
};

}  // namespace koine::train
