// NumPy's files as its format's descriptions have them, made for tests.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace koine::testing {

template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// numpy.save of an array.
inline std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                       const std::string& order = "False") {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header += std::string(63 - (10 + header.size()) % 64, ' ') + "\n";
  return "\x93NUMPY\x01" + std::string(1, '\0') + bytes_of(static_cast<uint16_t>(header.size())) + header + data;
}

enum class Packing { stored, deflated };

/// numpy.savez or numpy.savez_compressed of files of these names (PKWARE's APPNOTE, 4.3).
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& files, Packing packing) {
  std::string archive, directory;
  for (const auto& [name, content] : files) {
    std::string packed = content;
    if (packing == Packing::deflated) {
      packed.resize(compressBound(content.size()));
      uLongf size = packed.size();
      compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(content.data()),
                content.size(), 6);
      // Without the header and the checksum of zlib's own format.
      packed = packed.substr(2, size - 6);
    }
    const auto checksum = static_cast<uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const std::string facts = bytes_of(uint16_t{20}) + bytes_of(uint16_t{0}) +
                              bytes_of(static_cast<uint16_t>(packing == Packing::deflated ? 8 : 0)) +
                              bytes_of(uint32_t{0}) + bytes_of(checksum) +
                              bytes_of(static_cast<uint32_t>(packed.size())) +
                              bytes_of(static_cast<uint32_t>(content.size())) +
                              bytes_of(static_cast<uint16_t>(name.size())) + bytes_of(uint16_t{0});
    directory += bytes_of(uint32_t{0x02014b50}) + bytes_of(uint16_t{20}) + facts + std::string(10, '\0') +
                 bytes_of(static_cast<uint32_t>(archive.size())) + name;
    archive += bytes_of(uint32_t{0x04034b50}) + facts + name + packed;
  }
  const auto count = static_cast<uint16_t>(files.size());
  const std::string end = bytes_of(uint32_t{0x06054b50}) + std::string(4, '\0') + bytes_of(count) + bytes_of(count) +
                          bytes_of(static_cast<uint32_t>(directory.size())) +
                          bytes_of(static_cast<uint32_t>(archive.size())) + bytes_of(uint16_t{0});
  return archive + directory + end;
}

}  // namespace koine::testing
