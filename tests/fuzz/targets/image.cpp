#include "data/image.h"
#include "fuzz/targets/target.h"

#include <zlib.h>

using namespace koine;

namespace {

uint32_t big_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// With the checksum of each chunk right, so that what is changed inside is looked at.
std::string with_checksums(std::string_view bytes) {
  std::string png(bytes);
  constexpr size_t signature = 8;
  for (size_t at = signature; at + 12 <= png.size();) {
    const uint32_t length = big_endian(std::string_view(png).substr(at));
    if (length > png.size() - at - 12) break;
    const uLong sum = crc32(0, reinterpret_cast<const Bytef*>(png.data() + at + 4), length + 4);
    for (size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<char>(sum >> (24 - 8 * i));
    at += 12 + size_t{length};
  }
  return png;
}

}  // namespace

// An image, of which at most a million pixels are read, as it is and in another size.
KOINE_FUZZ_TARGET(image) {
  const std::string path =
      fuzz::file("a.png", bytes.starts_with("\x89PNG") ? with_checksums(bytes) : std::string(bytes));
  const data::ImageOptions options{.height = 5, .width = 3, .channels = 1, .most_pixels = 1 << 20};
  fuzz::survives([&] {
    const data::Image image = data::read_image(path, 3, options.most_pixels);
    if (image.pixels.size() != static_cast<size_t>(image.height * image.width * 3)) std::abort();
  });
  fuzz::survives([&] { data::read_resized(path, options); });
}
