#include "io/safetensors/safetensors.h"

#include "base/printable.h"

#include <koine/error.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace koine::io::safetensors {

static_assert(std::endian::native == std::endian::little,
              "safetensors is little-endian, and so is all that Koine runs on");

namespace {

constexpr uint64_t length_bytes = 8;

}  // namespace

void write(OutputFile& file, std::vector<TensorBytes> tensors, const std::map<std::string, std::string>& metadata) {
  const std::string& path = file.path();
  std::sort(tensors.begin(), tensors.end(), [](const TensorBytes& a, const TensorBytes& b) {
    return size_of(a.dtype) != size_of(b.dtype) ? size_of(a.dtype) > size_of(b.dtype) : a.name < b.name;
  });
  Header header{.entries = {}, .metadata = metadata};
  uint64_t at = 0;
  for (const TensorBytes& tensor : tensors) {
    const std::string where = printable_name(path) + ": tensor '" + printable_name(tensor.name) + "'";
    const uint64_t bytes = byte_count(tensor.dtype, tensor.shape, where);
    if (bytes != tensor.bytes.size())
      throw FormatError(where + ": its shape takes " + std::to_string(bytes) + " bytes, " +
                        std::to_string(tensor.bytes.size()) + " were given");
    header.entries.push_back({tensor.name, tensor.dtype, tensor.shape, at, at + bytes});
    at += bytes;
  }
  const std::string text = write_header(header, printable_name(path));
  const uint64_t length = text.size();
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(text);
  for (const TensorBytes& tensor : tensors) file.write(tensor.bytes);
}

void write(const std::string& path, std::vector<TensorBytes> tensors,
           const std::map<std::string, std::string>& metadata) {
  OutputFile file(path);
  write(file, std::move(tensors), metadata);
  file.commit();
}

Reader::Reader(const std::string& path) : file_(std::make_shared<const RandomFile>(path)) {
  const uint64_t file_bytes = file_->size();
  const std::string& name = file_->name();
  if (file_bytes < length_bytes)
    throw FormatError(name + ": " + std::to_string(file_bytes) + " bytes are too few for a safetensors file");
  uint64_t header_bytes = 0;
  file_->read_at(0, std::as_writable_bytes(std::span(&header_bytes, 1)));
  // A file of another format has any number here.
  if (header_bytes > max_header_bytes)
    throw FormatError(name + ": a header of " + std::to_string(header_bytes) +
                      " bytes is more than the format's 100,000,000; this is no safetensors file or a damaged one");
  if (header_bytes > file_bytes - length_bytes)
    throw FormatError(name + ": the file is cut short in its header: " + std::to_string(header_bytes) +
                      " bytes of it, " + std::to_string(file_bytes - length_bytes) + " are there");
  std::string text(header_bytes, '\0');
  file_->read_at(length_bytes, std::as_writable_bytes(std::span(text)));
  data_begin_ = length_bytes + header_bytes;
  header_ = parse_header(text, file_bytes - data_begin_, name);
}

const Entry* Reader::find(std::string_view name) const {
  const auto found =
      std::find_if(header_.entries.begin(), header_.entries.end(), [&](auto& entry) { return entry.name == name; });
  return found == header_.entries.end() ? nullptr : &*found;
}

void Reader::read(const Entry& entry, std::span<std::byte> to) const {
  if (to.size() != entry.end - entry.begin)
    throw ValueError("tensor '" + printable_name(entry.name) + "' has " + std::to_string(entry.end - entry.begin) +
                     " bytes, the buffer " + std::to_string(to.size()));
  file_->read_at(begin_of(entry), to);
  if (entry.dtype == bool_ && std::any_of(to.begin(), to.end(), [](std::byte b) { return b > std::byte{1}; }))
    throw FormatError(file_->name() + ": tensor '" + printable_name(entry.name) +
                      "' holds a bool that is neither 0 nor 1");
}

std::vector<std::byte> Reader::read(const Entry& entry) const {
  std::vector<std::byte> bytes(entry.end - entry.begin);
  read(entry, bytes);
  return bytes;
}

}  // namespace koine::io::safetensors
