// Small pictures: lines, boxes and words.
#pragma once

#include "data/image.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace koine::cli {

using Color = std::array<uint8_t, 3>;

inline constexpr Color white{255, 255, 255}, black{30, 30, 30}, grey{200, 200, 200}, blue{31, 119, 180},
    orange{230, 110, 20}, green{40, 140, 60}, red{200, 40, 40};

/// A picture to draw on; what lies outside is left out. Places are from the top left.
class Canvas {
 public:
  Canvas(int64_t height, int64_t width);

  void point(int64_t y, int64_t x, Color color);
  /// The rows [top, bottom) and columns [left, right).
  void box(int64_t top, int64_t left, int64_t bottom, int64_t right, Color color);
  void line(double y1, double x1, double y2, double x2, Color color, int64_t thickness = 1);
  /// Words in capital letters, `size` pixels a dot; letters that the font lacks are question marks.
  void text(int64_t top, int64_t left, std::string_view words, Color color, int64_t size = 2);
  static int64_t text_width(std::string_view words, int64_t size = 2);
  static int64_t text_height(int64_t size = 2) { return 5 * size; }
  /// An image with so many pixels for each of its own.
  void image(int64_t top, int64_t left, const data::Image& image, int64_t scale);

  /// As a PNG file, written whole or not at all. Throws IoError.
  void save(const std::string& path) const;

 private:
  data::Image image_;
};

}  // namespace koine::cli
