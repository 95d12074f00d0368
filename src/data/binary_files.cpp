#include <koine/data.h>
#include <koine/ops.h>

#include "base/format.h"
#include "data/byte_source.h"
#include "data/zip_file.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string_view>

/// Arrays in files of other programs: IDX (MNIST), CIFAR, NumPy's .npy and .npz.
namespace koine::data {

namespace {

static_assert(std::endian::native == std::endian::little);

// No array of a file may be larger, so that a damaged header cannot fill the memory.
constexpr int64_t most_bytes = int64_t{1} << 36;

class Bytes {
 public:
  explicit Bytes(const std::string& path) : path_(path), source_(open_bytes(path)) {}
  Bytes(std::string path, std::unique_ptr<ByteSource> source) : path_(std::move(path)), source_(std::move(source)) {}

  [[noreturn]] void fail(const std::string& what) const { throw FormatError(cat(path_, ": ", what)); }
  void read(void* to, size_t count) {
    auto* at = static_cast<char*>(to);
    while (count > 0) {
      const size_t got = source_->read({at, count});
      if (got == 0) fail("the file is cut short");
      at += got;
      count -= got;
    }
  }
  template <class T>
  std::vector<T> values(int64_t count) {
    // In pieces: a size that is a lie must not allocate before the bytes are there.
    constexpr size_t piece = size_t{1} << 22;
    std::vector<T> all;
    for (size_t left = static_cast<size_t>(count); left > 0;) {
      const size_t now = std::min(left, piece / sizeof(T));
      all.resize(all.size() + now);
      read(all.data() + all.size() - now, now * sizeof(T));
      left -= now;
    }
    return all;
  }
  void expect_end() {
    char extra = 0;
    if (source_->read({&extra, 1}) != 0) fail("something follows the data");
  }

 private:
  std::string path_;
  std::unique_ptr<ByteSource> source_;
};

int64_t elements(const Bytes& file, const Shape& shape, int64_t size) {
  int64_t count = 1;
  for (const Dim& dim : shape) {
    const int64_t n = dim.value();
    if (n < 0 || (n > 0 && count > most_bytes / size / n)) file.fail(cat("an array of shape ", shape));
    count *= n;
  }
  return count;
}

void swap_bytes(std::vector<uint8_t>& bytes, size_t size) {
  for (size_t i = 0; i < bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
}

// The text after a key of the header of .npy, a Python dictionary.
std::string_view after(std::string_view header, std::string_view key) {
  const size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = header.substr(at + key.size());
  while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':')) rest.remove_prefix(1);
  return rest;
}

struct Named {
  std::string_view code;
  DType dtype;
};
constexpr Named npy_types[] = {{"b1", bool_},   {"i1", int8},    {"i2", int16},     {"i4", int32},      {"i8", int64},
                               {"u1", uint8},   {"u2", uint16},  {"u4", uint32},    {"u8", uint64},     {"f2", float16},
                               {"f4", float32}, {"f8", float64}, {"c8", complex64}, {"c16", complex128}};

}  // namespace

Array idx(const std::string& path) {
  Bytes file(path);
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

Dataset cifar(const std::vector<std::string>& paths, bool hundred) {
  constexpr int64_t side = 32, plane = side * side, pixels = 3 * plane;
  const int64_t labels = hundred ? 2 : 1;
  std::vector<uint8_t> x;
  std::vector<int64_t> y;
  for (const std::string& path : paths) {
    const auto source = open_bytes(path);
    std::vector<uint8_t> bytes;
    std::vector<char> buffer(size_t{1} << 16);
    while (const size_t count = source->read(buffer))
      bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    const auto record = static_cast<size_t>(labels + pixels);
    if (bytes.empty() || bytes.size() % record != 0)
      throw FormatError(cat(path, ": ", bytes.size(), " bytes are no whole number of records of ", record));
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

namespace {

Array read_npy(Bytes& file) {
  const std::vector<char> magic = file.values<char>(8);
  if (std::string_view(magic.data(), 6) != "\x93NUMPY") file.fail("is no .npy file");
  const int version = magic[6];
  if (version < 1 || version > 3) file.fail(cat("a .npy file of version ", version));
  const std::vector<uint8_t> length = file.values<uint8_t>(version == 1 ? 2 : 4);
  int64_t bytes = 0;
  for (size_t i = length.size(); i-- > 0;) bytes = bytes << 8 | length[i];
  if (bytes > (1 << 20)) file.fail(cat("a header of ", bytes, " bytes"));
  const std::vector<char> text = file.values<char>(bytes);
  const std::string_view header(text.data(), text.size());
  const std::string_view descr = after(header, "'descr'"), order = after(header, "'fortran_order'");
  std::string_view axes = after(header, "'shape'");
  if (descr.size() < 4 || descr[0] != '\'' || order.empty() || axes.empty() || axes[0] != '(')
    file.fail("a header without descr, fortran_order and shape");
  if (order.starts_with("True")) file.fail("columns before rows (fortran_order); save numpy.ascontiguousarray of it");
  if (descr[1] == '>') file.fail("big-endian numbers; save them as little-endian");
  const std::string_view code = descr.substr(2, descr.find('\'', 1) - 2);
  const auto type =
      std::find_if(std::begin(npy_types), std::end(npy_types), [&](const Named& n) { return n.code == code; });
  if (type == std::end(npy_types)) file.fail(cat("numbers of the kind '", code, "'"));
  Shape shape;
  for (axes.remove_prefix(1); !axes.empty() && axes[0] != ')';) {
    int64_t size = 0;
    const auto [end, error] = std::from_chars(axes.data(), axes.data() + axes.size(), size);
    if (error != std::errc() || size < 0 || shape.size() == 16) file.fail("a shape that is none");
    shape.push_back(size);
    axes.remove_prefix(static_cast<size_t>(end - axes.data()));
    while (!axes.empty() && (axes[0] == ',' || axes[0] == ' ')) axes.remove_prefix(1);
  }
  const auto size = static_cast<int64_t>(size_of(type->dtype));
  const std::vector<uint8_t> values = file.values<uint8_t>(elements(file, shape, size) * size);
  file.expect_end();
  return from_bytes(type->dtype, shape, values.data());
}

}  // namespace

Array npy(const std::string& path) {
  Bytes file(path);
  return read_npy(file);
}

std::vector<NamedArray> npz(const std::string& path) {
  std::vector<NamedArray> arrays;
  ZipFile zip(path);
  for (const ZipEntry& entry : zip.entries()) {
    if (!entry.name.ends_with(".npy")) continue;
    Bytes file(cat(path, ", ", entry.name), zip.open(entry));
    arrays.push_back({entry.name.substr(0, entry.name.size() - 4), read_npy(file)});
  }
  if (arrays.empty()) throw FormatError(cat(path, ": no array (.npy) is in it"));
  return arrays;
}

}  // namespace koine::data
