// Reading and writing safetensors files: named tensors as raw bytes.
#pragma once

#include "base/output_file.h"
#include "base/random_file.h"
#include "io/safetensors/header.h"

#include <cstddef>
#include <memory>

namespace koine::io::safetensors {

/// A tensor to write: its elements in row-major order, little-endian.
struct TensorBytes {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Writes a file, whole or not at all. Tensors are ordered by the size of their elements, larger ones first, then by name, so
/// that all are aligned and the same tensors give the same file in whatever order they come.
/// Throws FormatError when bytes do not fit a shape or a name cannot be written, and IoError.
void write(const std::string& path, std::vector<TensorBytes> tensors,
           const std::map<std::string, std::string>& metadata = {});
/// The same to a file that is open and that the caller commits.
void write(OutputFile& file, std::vector<TensorBytes> tensors, const std::map<std::string, std::string>& metadata = {});

/// An open file whose header has been read and checked. Reading the data of different tensors from several threads is
/// safe.
class Reader {
 public:
  /// Throws IoError when the file cannot be read and FormatError when it does not follow the format.
  explicit Reader(const std::string& path);

  const Header& header() const { return header_; }
  /// The file, and where in it the bytes of a tensor begin.
  const std::shared_ptr<const RandomFile>& file() const { return file_; }
  uint64_t begin_of(const Entry& entry) const { return data_begin_ + entry.begin; }
  /// Null when there is none of that name.
  const Entry* find(std::string_view name) const;
  /// Copies the bytes of a tensor; `to` has its length. Throws FormatError for a bool that is neither 0 nor 1, or when
  /// the file has become shorter meanwhile, and IoError.
  void read(const Entry& entry, std::span<std::byte> to) const;
  std::vector<std::byte> read(const Entry& entry) const;

 private:
  std::shared_ptr<const RandomFile> file_;
  uint64_t data_begin_ = 0;
  Header header_;
};

}  // namespace koine::io::safetensors
