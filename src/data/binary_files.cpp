#include <koine/data.h>
#include <koine/ops.h>

#include "base/format.h"
#include "data/exact_bytes.h"

#include <algorithm>

/// Arrays in files of other programs: IDX (MNIST), CIFAR.
namespace koine::data {

namespace {

void swap_bytes(std::vector<uint8_t>& bytes, size_t size) {
  for (size_t i = 0; i < bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
}

}  // namespace

Array idx(const std::string& path, double expansion) {
  ExactBytes file(path, expansion);
  uint8_t magic[4];
  file.read(magic, sizeof magic);
  if (magic[0] != 0 || magic[1] != 0) file.fail("is no IDX file");
  DType dtype;
  switch (magic[2]) {
    case 0x08:
      dtype = uint8;
      break;
    case 0x09:
      dtype = int8;
      break;
    case 0x0b:
      dtype = int16;
      break;
    case 0x0c:
      dtype = int32;
      break;
    case 0x0d:
      dtype = float32;
      break;
    case 0x0e:
      dtype = float64;
      break;
    default:
      file.fail("is no IDX file");
  }
  if (magic[3] == 0 || magic[3] > 8) file.fail(cat("an IDX file of ", int{magic[3]}, " axes"));
  Shape shape;
  for (int axis = 0; axis < magic[3]; ++axis) {
    std::vector<uint8_t> length = file.values<uint8_t>(4);
    shape.push_back(int64_t{length[0]} << 24 | int64_t{length[1]} << 16 | int64_t{length[2]} << 8 | length[3]);
  }
  const auto size = static_cast<int64_t>(size_of(dtype));
  std::vector<uint8_t> bytes = file.values<uint8_t>(elements(file, shape, size) * size);
  file.expect_end();
  swap_bytes(bytes, static_cast<size_t>(size));
  return from_bytes(dtype, shape, bytes.data());
}

Dataset cifar(const std::vector<std::string>& paths, bool hundred, double expansion) {
  constexpr int64_t side = 32, plane = side * side, pixels = 3 * plane;
  const int64_t labels = hundred ? 2 : 1;
  std::vector<uint8_t> x;
  std::vector<int64_t> y;
  for (const std::string& path : paths) {
    const auto source = open_bytes(path, {.ratio = expansion});
    std::vector<uint8_t> bytes;
    std::vector<char> buffer(size_t{1} << 16);
    while (const size_t count = source->read(buffer))
      bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    const auto record = static_cast<size_t>(labels + pixels);
    if (bytes.empty() || bytes.size() % record != 0)
      throw FormatError(
          cat(printable_name(path), ": ", bytes.size(), " bytes are no whole number of records of ", record));
    for (size_t at = 0; at < bytes.size(); at += record) {
      const int64_t label = bytes[at + static_cast<size_t>(labels) - 1];
      if (label >= (hundred ? 100 : 10))
        throw FormatError(cat(path, ": record ", at / record, " has the label ", label));
      y.push_back(label);
      const uint8_t* planes = bytes.data() + at + labels;
      // Planes of red, green and blue become pixels.
      for (int64_t i = 0; i < plane; ++i)
        for (int64_t c = 0; c < 3; ++c) x.push_back(planes[c * plane + i]);
    }
  }
  const auto count = static_cast<int64_t>(y.size());
  if (count == 0) throw ValueError("[cifar] takes at least one file");
  return {from(x, {count, side, side, 3}), from(y, {count})};
}

}  // namespace koine::data
