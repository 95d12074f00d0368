// Images in files.
#pragma once

#include <koine/data.h>

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

/// Reads a PNG or JPEG, told apart by how it begins, as so many channels (1 or 3). Throws FormatError that names the
/// file when it is damaged, cut short, another format or has too many pixels, and IoError.
Image read_image(const std::string& path, int64_t channels, int64_t most_pixels = ImageOptions{}.most_pixels);

/// To another size: each pixel the mean of what it covers, or in between when there are fewer.
Image resized(const Image& image, int64_t height, int64_t width);

/// Both, with the options' size and channels. Of large images there is one in memory at a time, however many threads
/// read.
Image read_resized(const std::string& path, const ImageOptions& options);

/// The bytes of an image as PNG. Throws IoError where libspng is missing.
std::vector<uint8_t> png_of(const Image& image);

/// The names of a folder's folders or images, sorted, without hidden ones. What is called an image is one, also of a
/// kind that is not read, and a link to nothing. Throws IoError.
enum class Entries : uint8_t { folders, images };
std::vector<std::string> names_in(const std::string& folder, Entries kind);

}  // namespace koine::data
