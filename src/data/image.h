// Images in files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace koine::data {

/// Pixels row by row, `channels` bytes each: 1 grey, 3 red, green and blue.
struct Image {
  int64_t height = 0, width = 0, channels = 0;
  std::vector<uint8_t> pixels;
};

/// No image may have more pixels, so that a hostile file cannot fill the memory.
inline constexpr int64_t most_pixels = int64_t{1} << 26;

/// Reads a PNG or JPEG, told apart by how it begins, as so many channels (1 or 3). Throws FormatError that names the
/// file when it is damaged, cut short, too large or another format, and IoError.
Image read_image(const std::string& path, int64_t channels);

/// To another size: each pixel the mean of what it covers, or in between when there are fewer.
Image resized(const Image& image, int64_t height, int64_t width);

/// The bytes of an image as PNG. Throws IoError where libspng is missing.
std::vector<uint8_t> png_of(const Image& image);

/// Whether the name ends in .png, .jpg or .jpeg.
bool is_image_name(std::string_view name);

}  // namespace koine::data
