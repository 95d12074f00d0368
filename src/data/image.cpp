#include "data/image.h"

#include "base/format.h"
#include "base/narrow.h"
#include "base/random_file.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>

#if KOINE_SPNG
#include <spng.h>
#endif
#if KOINE_JPEG
#include <csetjmp>

#include <jpeglib.h>
#endif

namespace koine::data {

namespace {

using Bytes = std::vector<uint8_t>;

// More is no image; what a part of a PNG beside the pixels may take, and all of them.
constexpr uint64_t most_bytes = uint64_t{1} << 28;
constexpr size_t most_chunk_bytes = size_t{1} << 24, most_chunks_bytes = size_t{1} << 26;
// More passes over a progressive JPEG are made to take time.
constexpr int most_scans = 500;
// Images of more pixels or bytes are large.
constexpr int64_t large_pixels = int64_t{1} << 22;
constexpr uint64_t large_bytes = uint64_t{1} << 23;

/// An image on its way from a file.
class Reading {
 public:
  Reading(const std::string& path, int64_t most_pixels) : file_(path), most_pixels_(most_pixels) {
    if (file_.size() > most_bytes)
      damaged(cat("has ", file_.size(), " bytes, more than the ", most_bytes, " of any image"));
    if (file_.size() > large_bytes) wait_for_turn();
    bytes_.resize(static_cast<size_t>(file_.size()));
    file_.read_at(0, std::as_writable_bytes(std::span(bytes_)));
  }
  const Bytes& bytes() const { return bytes_; }
  const std::string& name() const { return file_.name(); }
  [[noreturn]] void damaged(const std::string& what) const { throw FormatError(cat(name(), ": ", what)); }

  /// Before memory is taken for them. The size is not 0.
  void expect_pixels(int64_t height, int64_t width) {
    if (height < 1 || width < 1) damaged(cat("an image of ", width, " by ", height, " pixels"));
    if (height > most_pixels_ / width)
      damaged(cat("an image of ", width, " by ", height, " pixels, more than the ", most_pixels_,
                  " that are read; data.pixels, or most_pixels, allows more"));
    if (height > large_pixels / width) wait_for_turn();
  }

 private:
  void wait_for_turn() {
    static std::mutex one;
    if (!turn_.owns_lock()) turn_ = std::unique_lock(one);
  }

  RandomFile file_;
  int64_t most_pixels_;
  Bytes bytes_;
  std::unique_lock<std::mutex> turn_;
};

// The luminance of ITU-R BT.601, as PIL has it.
Image as_grey(const Image& image) {
  Image grey{image.height, image.width, 1, Bytes(static_cast<size_t>(image.height * image.width))};
  for (size_t i = 0; i < grey.pixels.size(); ++i) {
    const uint8_t* p = image.pixels.data() + 3 * i;
    grey.pixels[i] = static_cast<uint8_t>((p[0] * 19595 + p[1] * 38470 + p[2] * 7471 + 0x8000) >> 16);
  }
  return grey;
}

#if KOINE_SPNG
Image read_png(Reading& reading) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(0), spng_ctx_free);
  if (!context) throw OutOfMemory(cat("no memory to read ", reading.name()));
  const auto check = [&](int status) {
    if (status != 0) reading.damaged(cat("the PNG is damaged (", spng_strerror(status), ")"));
  };
  check(spng_set_chunk_limits(context.get(), most_chunk_bytes, most_chunks_bytes));
  check(spng_set_png_buffer(context.get(), reading.bytes().data(), reading.bytes().size()));
  spng_ihdr header{};
  check(spng_get_ihdr(context.get(), &header));
  reading.expect_pixels(header.height, header.width);
  size_t size = 0;
  check(spng_decoded_image_size(context.get(), SPNG_FMT_RGB8, &size));
  Image image{header.height, header.width, 3, Bytes(size)};
  check(spng_decode_image(context.get(), image.pixels.data(), size, SPNG_FMT_RGB8, 0));
  return image;
}
#else
Image read_png(Reading& reading) {
  throw IoError(cat("cannot read ", reading.name(), ": this Koine was built without libspng"));
}
#endif

#if KOINE_JPEG
struct JpegError {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr info) {
  auto* error = reinterpret_cast<JpegError*>(info->err);
  info->err->format_message(info, error->message);
  std::longjmp(error->back, 1);
}

// A warning, such as of data that are cut short, is an error too.
void warn(j_common_ptr info, int level) {
  if (level < 0) leave(info);
}

void watch_scans(j_common_ptr info) {
  const int scans = reinterpret_cast<j_decompress_ptr>(info)->input_scan_number;
  if (scans <= most_scans) return;
  auto* error = reinterpret_cast<JpegError*>(info->err);
  std::snprintf(error->message, sizeof error->message, "more than %d scans", most_scans);
  std::longjmp(error->back, 1);
}

// Nothing with a destructor lives across the jumps. False with a message.
bool decode_jpeg(Reading& reading, Image& image, JpegError& error) {
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = leave;
  error.manager.emit_message = warn;
  if (setjmp(error.back)) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  progress.progress_monitor = watch_scans;
  info.progress = &progress;
  jpeg_mem_src(&info, reading.bytes().data(), reading.bytes().size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  try {
    reading.expect_pixels(info.image_height, info.image_width);
  } catch (...) {
    jpeg_destroy_decompress(&info);
    throw;
  }
  jpeg_start_decompress(&info);
  image.height = info.output_height;
  image.width = info.output_width;
  image.pixels.resize(static_cast<size_t>(image.height * image.width * 3));
  while (info.output_scanline < info.output_height) {
    JSAMPROW row =
        image.pixels.data() + static_cast<size_t>(info.output_scanline) * static_cast<size_t>(image.width) * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return true;
}

Image read_jpeg(Reading& reading) {
  Image image{0, 0, 3, {}};
  JpegError error{};
  if (!decode_jpeg(reading, image, error)) reading.damaged(cat("the JPEG is damaged (", error.message, ")"));
  return image;
}
#else
Image read_jpeg(Reading& reading) {
  throw IoError(cat("cannot read ", reading.name(), ": this Koine was built without libjpeg"));
}
#endif

bool begins_with(const Bytes& bytes, std::initializer_list<uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

// Along rows of `count` lines: out[o] is a weighted mean of in[first..]. The weights are a triangle, as wide as a new
// pixel where there are fewer, else as wide as an old one.
template <class T>
std::vector<float> along(const std::vector<T>& in, int64_t lines, int64_t from, int64_t to, int64_t channels) {
  std::vector<float> out(static_cast<size_t>(lines * to * channels));
  const double step = static_cast<double>(from) / static_cast<double>(to), reach = std::max(step, 1.0);
  for (int64_t o = 0; o < to; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * step;
    const int64_t first = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(centre - reach - 0.5)));
    const int64_t last = std::min<int64_t>(from - 1, static_cast<int64_t>(std::floor(centre + reach - 0.5)));
    std::vector<double> weights;
    double total = 0;
    for (int64_t i = first; i <= last; ++i) {
      weights.push_back(std::max(0.0, 1 - std::fabs(static_cast<double>(i) + 0.5 - centre) / reach));
      total += weights.back();
    }
    for (int64_t line = 0; line < lines; ++line)
      for (int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (int64_t i = first; i <= last; ++i)
          sum += weights[static_cast<size_t>(i - first)] * in[static_cast<size_t>((line * from + i) * channels + c)];
        out[static_cast<size_t>((line * to + o) * channels + c)] = static_cast<float>(sum / total);
      }
  }
  return out;
}

// (rows, columns, channels) to (columns, rows, channels).
std::vector<float> turned(const std::vector<float>& in, int64_t rows, int64_t columns, int64_t channels) {
  std::vector<float> out(in.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      for (int64_t k = 0; k < channels; ++k)
        out[static_cast<size_t>((c * rows + r) * channels + k)] =
            in[static_cast<size_t>((r * columns + c) * channels + k)];
  return out;
}

Image read_pixels(Reading& reading, int64_t channels) {
  Image image;
  if (begins_with(reading.bytes(), {0x89, 'P', 'N', 'G'}))
    image = read_png(reading);
  else if (begins_with(reading.bytes(), {0xff, 0xd8, 0xff}))
    image = read_jpeg(reading);
  else
    reading.damaged("is neither a PNG nor a JPEG");
  return channels == 1 ? as_grey(image) : image;
}

}  // namespace

Image read_image(const std::string& path, int64_t channels, int64_t most_pixels) {
  Reading reading(path, most_pixels);
  return read_pixels(reading, channels);
}

Image read_resized(const std::string& path, const ImageOptions& options) {
  Reading reading(path, options.most_pixels);
  return resized(read_pixels(reading, options.channels), options.height, options.width);
}

Image resized(const Image& image, int64_t height, int64_t width) {
  if (image.height == height && image.width == width) return image;
  const int64_t channels = image.channels;
  std::vector<float> values = along(image.pixels, image.height, image.width, width, channels);
  values = turned(along(turned(values, image.height, width, channels), width, image.height, height, channels), width,
                  height, channels);
  Image result{height, width, channels, Bytes(values.size())};
  for (size_t i = 0; i < values.size(); ++i)
    result.pixels[i] = static_cast<uint8_t>(std::clamp(std::lround(values[i]), 0L, 255L));
  return result;
}

std::vector<uint8_t> png_of(const Image& image) {
#if KOINE_SPNG
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> png(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  spng_ihdr header{};
  header.width = narrow<uint32_t>(image.width);
  header.height = narrow<uint32_t>(image.height);
  header.bit_depth = 8;
  header.color_type = image.channels == 3 ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_GRAYSCALE;
  int status = spng_set_option(png.get(), SPNG_ENCODE_TO_BUFFER, 1);
  if (status == 0) status = spng_set_ihdr(png.get(), &header);
  if (status == 0)
    status = spng_encode_image(png.get(), image.pixels.data(), image.pixels.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  size_t size = 0;
  const std::unique_ptr<void, void (*)(void*)> bytes(
      status == 0 ? spng_get_png_buffer(png.get(), &size, &status) : nullptr, std::free);
  if (status != 0) throw IoError(cat("cannot write a picture: ", spng_strerror(status)));
  const auto* first = static_cast<const uint8_t*>(bytes.get());
  return {first, first + size};
#else
  (void)image;
  throw IoError("this build of Koine writes no pictures, because libspng was not there");
#endif
}

}  // namespace koine::data
