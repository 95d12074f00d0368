#include "cli/canvas.h"

#include "base/output_file.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace koine::cli {

namespace {

/// A letter of three columns and five rows, row by row.
struct Glyph {
  char letter;
  const char* dots;
};
constexpr Glyph font[] = {
    {'A', "010101111101101"}, {'B', "110101110101110"}, {'C', "011100100100011"}, {'D', "110101101101110"},
    {'E', "111100110100111"}, {'F', "111100110100100"}, {'G', "011100101101011"}, {'H', "101101111101101"},
    {'I', "111010010010111"}, {'J', "001001001101010"}, {'K', "101101110101101"}, {'L', "100100100100111"},
    {'M', "101111111101101"}, {'N', "110101101101101"}, {'O', "010101101101010"}, {'P', "110101110100100"},
    {'Q', "010101101110011"}, {'R', "110101110101101"}, {'S', "011100010001110"}, {'T', "111010010010010"},
    {'U', "101101101101111"}, {'V', "101101101101010"}, {'W', "101101111111101"}, {'X', "101101010101101"},
    {'Y', "101101010010010"}, {'Z', "111001010100111"}, {'0', "111101101101111"}, {'1', "010110010010111"},
    {'2', "110001010100111"}, {'3', "110001010001110"}, {'4', "101101111001001"}, {'5', "111100110001110"},
    {'6', "011100111101111"}, {'7', "111001010010010"}, {'8', "111101111101111"}, {'9', "111101111001110"},
    {'.', "000000000000010"}, {',', "000000000010100"}, {'-', "000000111000000"}, {'+', "000010111010000"},
    {'_', "000000000000111"}, {':', "000010000010000"}, {'/', "001001010100100"}, {'(', "001010010010001"},
    {')', "100010010010100"}, {'%', "101001010100101"}, {'=', "000111000111000"}, {'?', "110001010000010"},
};
constexpr int64_t glyph_width = 3, glyph_height = 5;

const char* dots_of(char letter) {
  const char wanted = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  for (const Glyph& glyph : font)
    if (glyph.letter == wanted) return glyph.dots;
  return dots_of('?');
}

}  // namespace

Canvas::Canvas(int64_t height, int64_t width)
    : image_{height, width, 3, std::vector<uint8_t>(static_cast<size_t>(height * width * 3), 255)} {}

void Canvas::point(int64_t y, int64_t x, Color color) {
  if (y < 0 || x < 0 || y >= image_.height || x >= image_.width) return;
  std::copy(color.begin(), color.end(), image_.pixels.begin() + (y * image_.width + x) * 3);
}

void Canvas::box(int64_t top, int64_t left, int64_t bottom, int64_t right, Color color) {
  for (int64_t y = top; y < bottom; ++y)
    for (int64_t x = left; x < right; ++x) point(y, x, color);
}

void Canvas::line(double y1, double x1, double y2, double x2, Color color, int64_t thickness) {
  const auto steps = static_cast<int64_t>(std::ceil(std::max({std::fabs(y2 - y1), std::fabs(x2 - x1), 1.0})));
  for (int64_t i = 0; i <= steps; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(steps);
    const auto y = static_cast<int64_t>(std::lround(y1 + (y2 - y1) * part));
    const auto x = static_cast<int64_t>(std::lround(x1 + (x2 - x1) * part));
    box(y, x, y + thickness, x + thickness, color);
  }
}

void Canvas::text(int64_t top, int64_t left, std::string_view words, Color color, int64_t size) {
  for (const char letter : words) {
    if (letter != ' ')
      for (int64_t i = 0; i < glyph_width * glyph_height; ++i)
        if (dots_of(letter)[i] == '1') {
          const int64_t y = top + i / glyph_width * size, x = left + i % glyph_width * size;
          box(y, x, y + size, x + size, color);
        }
    left += (glyph_width + 1) * size;
  }
}

int64_t Canvas::text_width(std::string_view words, int64_t size) {
  return static_cast<int64_t>(words.size()) * (glyph_width + 1) * size;
}

void Canvas::image(int64_t top, int64_t left, const data::Image& image, int64_t scale) {
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x) {
      const uint8_t* pixel = image.pixels.data() + (y * image.width + x) * image.channels;
      const Color color = image.channels == 3 ? Color{pixel[0], pixel[1], pixel[2]} : Color{*pixel, *pixel, *pixel};
      box(top + y * scale, left + x * scale, top + (y + 1) * scale, left + (x + 1) * scale, color);
    }
}

void Canvas::save(const std::string& path) const {
  const std::vector<uint8_t> bytes = data::png_of(image_);
  write_output(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace koine::cli
