#include "io/npz_writer.h"

#include "base/format.h"
#include "base/narrow.h"
#include "base/utf8.h"

#include <koine/error.h>

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace koine::io {

namespace {

static_assert(std::endian::native == std::endian::little);

using Tensor = safetensors::TensorBytes;

// Of the zip format (PKWARE's APPNOTE, 4.3 to 4.5).
constexpr uint32_t local_signature = 0x04034b50, entry_signature = 0x02014b50, end_signature = 0x06054b50,
                   large_end_signature = 0x06064b50, locator_signature = 0x07064b50, in_extra = 0xffffffff;
constexpr uint16_t version = 20, large_version = 45, utf8_flag = 1 << 11, stored = 0, no_time = 0,
                   first_day = 1 << 5 | 1, large_id = 1, in_large = 0xffff;
constexpr size_t longest_name = 0xffff;

/// Numbers of the format, one after the other.
class Record {
 public:
  template <std::unsigned_integral T>
  Record& add(T number) {
    text_.append(reinterpret_cast<const char*>(&number), sizeof number);
    return *this;
  }
  Record& add(std::string_view text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string_view code_of(DType dtype) {
  constexpr std::pair<DType, std::string_view> codes[] = {
      {bool_, "|b1"},    {int8, "|i1"},    {int16, "<i2"},   {int32, "<i4"},     {int64, "<i8"},
      {uint8, "|u1"},    {uint16, "<u2"},  {uint32, "<u4"},  {uint64, "<u8"},    {float16, "<f2"},
      {bfloat16, "|V2"}, {float32, "<f4"}, {float64, "<f8"}, {complex64, "<c8"}, {complex128, "<c16"}};
  return std::find_if(std::begin(codes), std::end(codes), [&](const auto& code) { return code.first == dtype; })
      ->second;
}

// What stands before the elements in a file of .npy, version 1.0: a dictionary of Python.
std::string npy_header(const Tensor& tensor) {
  constexpr size_t begin = 10, alignment = 64;
  std::string shape;
  for (const int64_t size : tensor.shape) shape += cat(size, ", ");
  if (tensor.shape.size() > 1) shape.resize(shape.size() - 2);
  if (tensor.shape.size() == 1) shape.pop_back();
  std::string text = cat("{'descr': '", code_of(tensor.dtype), "', 'fortran_order': False, 'shape': (", shape, "), }");
  text.resize((begin + text.size() + 1 + alignment - 1) / alignment * alignment - begin - 1, ' ');
  text += '\n';
  return Record().add(std::string_view("\x93NUMPY\x01\0", 8)).add(narrow<uint16_t>(text.size())).add(text).text();
}

uint32_t checksum(std::string_view header, std::span<const std::byte> bytes) {
  uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(header.data()), header.size());
  return static_cast<uint32_t>(crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string name_in_archive(const std::string& name, const std::string& file) {
  const auto refuse = [&](std::string_view why) {
    throw FormatError(cat(file, ": the name ", json_text(name), " ", why));
  };
  if (name.find('\0') != std::string::npos) refuse("has a zero byte, where readers of archives end it");
  if (!is_utf8(name)) refuse("is not UTF-8 and cannot be written");
  if (name.size() + 4 > longest_name) refuse("is too long for an archive");
  return name + ".npy";
}

struct Member {
  std::string name;
  uint32_t checksum;
  uint64_t size, offset;

  bool is_large() const { return size >= in_extra || offset >= in_extra; }
  uint16_t flags() const {
    return std::any_of(name.begin(), name.end(), [](char c) { return c < 0; }) ? utf8_flag : uint16_t{0};
  }
};

std::string local_record(const Member& member) {
  // Sizes beyond 32 bits stand in a field of their own, here both.
  const bool large = member.size >= in_extra;
  const uint32_t size = large ? in_extra : static_cast<uint32_t>(member.size);
  Record record;
  record.add(local_signature).add(large ? large_version : version).add(member.flags()).add(stored);
  record.add(no_time).add(first_day).add(member.checksum).add(size).add(size);
  record.add(narrow<uint16_t>(member.name.size())).add(static_cast<uint16_t>(large ? 20 : 0)).add(member.name);
  if (large) record.add(large_id).add(uint16_t{16}).add(member.size).add(member.size);
  return record.text();
}

std::string directory_record(const Member& member) {
  const bool large = member.is_large();
  const uint32_t size = large ? in_extra : static_cast<uint32_t>(member.size);
  Record record;
  record.add(entry_signature).add(large_version).add(large ? large_version : version).add(member.flags()).add(stored);
  record.add(no_time).add(first_day).add(member.checksum).add(size).add(size);
  record.add(narrow<uint16_t>(member.name.size())).add(static_cast<uint16_t>(large ? 28 : 0));
  // Comment, disk, attributes.
  record.add(uint16_t{0}).add(uint16_t{0}).add(uint16_t{0}).add(uint32_t{0});
  record.add(large ? in_extra : static_cast<uint32_t>(member.offset)).add(member.name);
  if (large) record.add(large_id).add(uint16_t{24}).add(member.size).add(member.size).add(member.offset);
  return record.text();
}

std::string end_records(uint64_t count, uint64_t begin, uint64_t size) {
  Record record;
  const bool large = count >= in_large || begin >= in_extra || size >= in_extra;
  if (large) {
    record.add(large_end_signature).add(uint64_t{44}).add(large_version).add(large_version);
    record.add(uint32_t{0}).add(uint32_t{0}).add(count).add(count).add(size).add(begin);
    record.add(locator_signature).add(uint32_t{0}).add(begin + size).add(uint32_t{1});
  }
  const uint16_t number = large ? in_large : static_cast<uint16_t>(count);
  record.add(end_signature).add(uint16_t{0}).add(uint16_t{0}).add(number).add(number);
  record.add(large ? in_extra : static_cast<uint32_t>(size)).add(large ? in_extra : static_cast<uint32_t>(begin));
  return record.add(uint16_t{0}).text();
}

}  // namespace

void write_npz(OutputFile& file, std::vector<Tensor> arrays) {
  std::sort(arrays.begin(), arrays.end(), [](const Tensor& a, const Tensor& b) { return a.name < b.name; });
  std::string directory;
  uint64_t at = 0;
  for (const Tensor& array : arrays) {
    const std::string header = npy_header(array);
    const Member member{name_in_archive(array.name, file.path()), checksum(header, array.bytes),
                        header.size() + array.bytes.size(), at};
    const std::string local = local_record(member);
    file.write(local);
    file.write(header);
    file.write(array.bytes);
    at += local.size() + member.size;
    directory += directory_record(member);
  }
  file.write(directory);
  file.write(end_records(arrays.size(), at, directory.size()));
}

}  // namespace koine::io
