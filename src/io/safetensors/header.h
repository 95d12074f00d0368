// The header of a safetensors file: the JSON text that says where each tensor lies.
#pragma once

#include <koine/dtype.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace koine::io::safetensors {

/// The longest header of the format, in bytes.
inline constexpr uint64_t max_header_bytes = 100'000'000;
/// More axes than this are refused, and more tensors or notes, so that a header takes little more memory than its text.
inline constexpr size_t max_rank = 64;
inline constexpr size_t max_names = 1'000'000;

struct Entry {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
  /// Bytes [begin, end) of the data that follow the header.
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct Header {
  /// In the order of their data, which they cover without holes.
  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON text of a header and checks all that the format asks for, so that every entry lies in the
/// `data_bytes` bytes of data and its shape and dtype fit its length. `file` is named in errors.
/// The format has no complex128: such a tensor is float64 with a last axis of 2 and a line of metadata that says so,
/// which is read back here and taken out of the metadata.
/// Throws FormatError.
Header parse_header(std::string_view json, uint64_t data_bytes, const std::string& file);

/// The JSON text of a header, padded with spaces to a multiple of 8. The same header gives the same bytes.
/// Throws FormatError when a name is empty of sense to the format: "__metadata__", not UTF-8, or used twice.
std::string write_header(const Header& header, const std::string& file);

/// Elements times size of one. Throws FormatError for a negative size or when it overflows.
uint64_t byte_count(DType dtype, std::span<const int64_t> shape, const std::string& where);

}  // namespace koine::io::safetensors
