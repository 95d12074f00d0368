#include "data/image.h"

#include <koine/data.h>

#include <zlib.h>

#include <cstdlib>
#include <filesystem>

#include "support/temp_folder.h"

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::string big_endian(uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string chunk(const std::string& kind, const std::string& data) {
  const std::string body = kind + data;
  return big_endian(static_cast<uint32_t>(data.size())) + body +
         big_endian(static_cast<uint32_t>(
             crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

// A PNG of 8 bits, grey or with colours, by the format's description.
std::string png(uint32_t width, uint32_t height, const std::vector<uint8_t>& pixels, bool grey) {
  const size_t row = width * (grey ? 1 : 3);
  std::string raw;
  for (uint32_t y = 0; y < height && (y + 1) * row <= pixels.size(); ++y)
    raw += std::string(1, 0) + std::string(pixels.begin() + static_cast<std::ptrdiff_t>(y * row),
                                           pixels.begin() + static_cast<std::ptrdiff_t>((y + 1) * row));
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  std::string packed(size, 0);
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(raw.data()),
           static_cast<uLong>(raw.size()));
  packed.resize(size);
  std::string header =
      big_endian(width) + big_endian(height) + std::string(1, 8) + std::string(1, grey ? 0 : 2) + std::string(3, 0);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", packed) + chunk("IEND", "");
}

const std::vector<uint8_t> four = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};

}  // namespace

TEST_CASE("images: PNG in colours and grey") {
  TempFolder folder;
  const std::string path = folder.write("a.png", png(2, 2, four, false));
  const data::Image image = data::read_image(path, 3);
  CHECK(image.height == 2);
  CHECK(image.width == 2);
  CHECK(image.pixels == four);
  CHECK(data::read_image(path, 1).pixels == std::vector<uint8_t>{76, 150, 29, 18});
  const std::string grey = folder.write("g.png", png(3, 1, {1, 2, 250}, true));
  CHECK(data::read_image(grey, 3).pixels == std::vector<uint8_t>{1, 1, 1, 2, 2, 2, 250, 250, 250});
  CHECK(data::read_image(grey, 1).pixels == std::vector<uint8_t>{1, 2, 250});
}

TEST_CASE("images: JPEG") {
  const data::Image image = data::read_image("tests/data/red.jpg", 3);
  REQUIRE(image.height == 8);
  REQUIRE(image.width == 16);
  // Left (200, 30, 40), right (20, 30, 40), but for what the compression takes.
  const auto pixel = [&](int64_t x, int64_t channel) {
    return int{image.pixels[static_cast<size_t>(x * 3 + channel)]};
  };
  CHECK(std::abs(pixel(1, 0) - 200) <= 6);
  CHECK(std::abs(pixel(14, 0) - 20) <= 6);
  CHECK(std::abs(pixel(14, 1) - 30) <= 6);
  TempFolder folder;
  const std::string bytes = testing::read_file("tests/data/red.jpg");
  for (size_t length = 4; length < bytes.size() - 2; length += 7) {
    const std::string path = folder.write("cut.jpg", bytes.substr(0, length));
    CHECK(contains(message_of<FormatError>([&] { data::read_image(path, 3); }), "cut.jpg: the JPEG is damaged"));
  }
}

TEST_CASE("images: what is damaged is named and never trusted") {
  TempFolder folder;
  const std::string whole = png(2, 2, four, false);
  for (size_t length = 0; length < whole.size() - 24; length += 3) {
    const std::string path = folder.write("cut.png", whole.substr(0, length));
    CHECK(contains(message_of<FormatError>([&] { data::read_image(path, 3); }), "cut.png: "));
  }
  const std::string huge = folder.write("huge.png", png(60000, 60000, {}, true));
  CHECK(contains(message_of<FormatError>([&] { data::read_image(huge, 3); }), "60000 by 60000"));
  const std::string small = folder.write("small.png", whole);
  CHECK(contains(message_of<FormatError>([&] { data::read_image(small, 3, 3); }),
                 "an image of 2 by 2 pixels, more than the 3 that are read"));
  CHECK(data::read_image(small, 3, 4).pixels == four);
  const std::string jpeg = folder.write("cut.jpg", "\xff\xd8\xff\xe0 nothing more");
  CHECK(contains(message_of<FormatError>([&] { data::read_image(jpeg, 3); }), "the JPEG is damaged"));
  CHECK(contains(message_of<FormatError>([&] { data::read_image(folder.write("a.png", "GIF89a"), 3); }), "neither"));
}

TEST_CASE("images: sizes") {
  data::Image image{2, 4, 1, {0, 0, 100, 100, 0, 0, 100, 100}};
  CHECK(data::resized(image, 2, 4).pixels == image.pixels);
  const data::Image half = data::resized(image, 1, 2);
  CHECK(half.pixels[0] < 25);
  CHECK(half.pixels[1] > 75);
  CHECK(half.pixels[0] + half.pixels[1] == 100);
  const data::Image wide = data::resized(image, 2, 8);
  CHECK(wide.pixels[0] == 0);
  CHECK(wide.pixels[3] == 25);
  CHECK(wide.pixels[4] == 75);
  CHECK(data::resized({3, 3, 3, std::vector<uint8_t>(27, 7)}, 5, 2).pixels == std::vector<uint8_t>(30, 7));
}

TEST_CASE("images: a folder has a folder for each class, in the order of names, for any number of threads") {
  TempFolder folder;
  for (const char* name : {"cats", "ants", "empty"}) std::filesystem::create_directory(folder.path() / name);
  for (int i = 0; i < 6; ++i) {
    const auto shade = static_cast<uint8_t>(i * 10);
    folder.write(std::string(i % 2 ? "cats/" : "ants/") + std::to_string(i) + ".png", png(1, 1, {shade}, true));
  }
  folder.write("ants/notes.txt", "no image");
  for (const int64_t threads : {1, 4}) {
    const auto read =
        data::image_folder(folder.path().string(), {.height = 2, .width = 1, .channels = 1, .threads = threads});
    CHECK(read.classes == std::vector<std::string>{"ants", "cats"});
    CHECK(read.examples.x.shape() == Shape{6, 2, 1, 1});
    CHECK(read.examples.x.to_vector<int>() == std::vector<int>{0, 0, 20, 20, 40, 40, 10, 10, 30, 30, 50, 50});
    CHECK(read.examples.y.to_vector<int64_t>() == Ints{0, 0, 0, 1, 1, 1});
  }
  folder.write("cats/1.png", "damaged");
  CHECK(contains(message_of<FormatError>([&] { data::image_folder(folder.path().string()); }), "cats/1.png"));
  const auto skipped = data::image_folder(folder.path().string(), {.skip_damaged = true});
  CHECK(skipped.examples.size() == 5);
  REQUIRE(skipped.left_out.size() == 1);
  CHECK(skipped.left_out[0].file.ends_with("cats/1.png"));
  CHECK(skipped.left_out[0].before == 3);
  CHECK(contains(skipped.left_out[0].problem, "neither"));
  CHECK_FALSE(data::image_folder((folder.path() / "ants").string()).examples.y.defined());
  CHECK_THROWS_AS(data::image_folder((folder.path() / "empty").string()), FormatError);
  // Nothing that is an image by its name goes without a word.
  std::filesystem::remove(folder.path() / "cats/1.png");
  folder.write("loose.png", png(1, 1, {7}, true));
  std::filesystem::create_directories(folder.path() / "cats/deep");
  folder.write("cats/deep/8.png", png(1, 1, {8}, true));
  const auto some = data::image_folder(folder.path().string());
  REQUIRE(some.left_out.size() == 1);
  CHECK(contains(some.left_out[0].problem, "deep/8.png and 1 more: in no folder of a class"));
  folder.write("ants/z.gif", "GIF89a");
  std::filesystem::create_symlink("nowhere", folder.path() / "cats/gone.jpg");
  CHECK(contains(message_of<Error>([&] { data::image_folder(folder.path().string()); }), "ants/z.gif"));
  const auto all = data::image_folder(folder.path().string(), {.skip_damaged = true, .classes = false});
  CHECK(all.examples.size() == 7);
  CHECK_FALSE(all.examples.y.defined());
  CHECK(all.files.back().ends_with("loose.png"));
  REQUIRE(all.left_out.size() == 2);
  CHECK(all.left_out[0].file.ends_with("ants/z.gif"));
  CHECK(all.left_out[0].before == 3);
  CHECK(all.left_out[1].file.ends_with("cats/gone.jpg"));
  CHECK(all.left_out[1].before == 6);
}

TEST_CASE("image: what is written as PNG reads back") {
  TempFolder folder;
  for (const int64_t channels : {1, 3}) {
    data::Image image{5, 7, channels, {}};
    for (int64_t i = 0; i < 5 * 7 * channels; ++i) image.pixels.push_back(static_cast<uint8_t>(i * 37));
    const std::vector<uint8_t> png = data::png_of(image);
    const std::string path = folder.write("i.png", std::string(png.begin(), png.end()));
    CHECK(data::read_image(path, channels).pixels == image.pixels);
  }
}
