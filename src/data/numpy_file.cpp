#include "data/numpy_file.h"

#include <koine/ops.h>

#include "base/format.h"
#include "data/exact_bytes.h"
#include "data/example_store.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <span>
#include <string_view>

/// NumPy's .npy and .npz.
namespace koine::data {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "\x93NUMPY";
// What is not read into memory may be larger.
constexpr int64_t most_streamed = int64_t{1} << 44;

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
constexpr Named npy_types[] = {{"b1", bool_},
                               {"i1", int8},
                               {"i2", int16},
                               {"i4", int32},
                               {"i8", int64},
                               {"u1", uint8},
                               {"u2", uint16},
                               {"u4", uint32},
                               {"u8", uint64},
                               {"f2", float16},
                               {"f4", float32},
                               {"f8", float64},
                               {"c8", complex64},
                               {"c16", complex128},
                               // As raw bytes, since NumPy has none.
                               {"V2", bfloat16}};

NpyHeader read_header(ExactBytes& file) {
  const std::vector<char> begin = file.values<char>(magic.size() + 2);
  if (!std::string_view(begin.data(), begin.size()).starts_with(magic)) file.fail("is no .npy file");
  const int version = begin[magic.size()];
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
  const std::string_view code = descr.substr(2, descr.find('\'', 1) - 2);
  const auto type =
      std::find_if(std::begin(npy_types), std::end(npy_types), [&](const Named& n) { return n.code == code; });
  if (type == std::end(npy_types)) file.fail(cat("numbers of the kind '", shortened(printable_name(code), 40), "'"));
  Shape shape;
  for (axes.remove_prefix(1); !axes.empty() && axes[0] != ')';) {
    int64_t size = 0;
    const auto [end, error] = std::from_chars(axes.data(), axes.data() + axes.size(), size);
    if (error != std::errc() || size < 0 || shape.size() == 16) file.fail("a shape that is none");
    shape.push_back(size);
    axes.remove_prefix(static_cast<size_t>(end - axes.data()));
    while (!axes.empty() && (axes[0] == ',' || axes[0] == ' ')) axes.remove_prefix(1);
  }
  return {type->dtype, shape, begin.size() + length.size() + text.size(), order.starts_with("True"), descr[1] == '>'};
}

int64_t element_bytes(const NpyHeader& header) { return static_cast<int64_t>(size_of(header.dtype)); }

void check_bools(const ExactBytes& file, const NpyHeader& header, std::span<const std::byte> bytes) {
  if (header.dtype == bool_ && !are_bools(bytes)) file.fail("a bool that is neither 0 nor 1");
}

// The bytes of each number the other way round; a complex one is two.
void swap_if_big(const NpyHeader& header, std::span<std::byte> bytes) {
  const auto size = static_cast<size_t>(element_bytes(header)) / (is_complex(header.dtype) ? 2 : 1);
  if (!header.big_endian || size == 1) return;
  for (size_t at = 0; at < bytes.size(); at += size) std::reverse(bytes.data() + at, bytes.data() + at + size);
}

Array read_values(ExactBytes& file, const NpyHeader& header) {
  const int64_t count = elements(file, header.shape, element_bytes(header));
  std::vector<std::byte> values = file.values<std::byte>(count * element_bytes(header));
  file.expect_end();
  check_bools(file, header, values);
  swap_if_big(header, values);
  if (!header.columns_first) return from_bytes(header.dtype, header.shape, values.data());
  Shape turned = header.shape;
  std::reverse(turned.begin(), turned.end());
  return transpose(from_bytes(header.dtype, turned, values.data()));
}

// The examples behind a header, in memory or not. What stays where it is, in `stored`, is read once all the same, so
// that damage is found before anything is learnt.
Dataset examples_of(ExactBytes& file, const NpyHeader& header, int64_t memory, std::optional<StoredRows> stored) {
  if (header.big_endian) stored.reset();
  const int64_t bytes = elements(file, header.shape, element_bytes(header), most_streamed) * element_bytes(header);
  // An example in the order of Fortran lies all over the file.
  if (header.shape.empty() || bytes <= memory || header.columns_first) return {read_values(file, header), {}};
  const int64_t count = header.shape[0].value();
  Shape example = header.shape;
  example.erase(0);
  ExampleStore store(header.dtype, example, 0);
  const auto row = static_cast<size_t>(bytes / count);
  constexpr size_t piece = size_t{1} << 22;
  const size_t at_once = std::max<size_t>(piece / row, 1);
  for (auto left = static_cast<size_t>(count); left > 0;) {
    const size_t now = std::min(left, at_once);
    std::vector<std::byte> rows = file.values<std::byte>(static_cast<int64_t>(now * row));
    check_bools(file, header, rows);
    swap_if_big(header, rows);
    for (size_t i = 0; !stored && i < now; ++i) store.append(std::span(rows).subspan(i * row, row));
    left -= now;
  }
  file.expect_end();
  if (!stored) return store.take({});
  return {{}, {}, stored_examples(*stored, header.dtype, header.shape)};
}

}  // namespace

Array npy(const std::string& path, double expansion) {
  ExactBytes file(path, expansion);
  return read_values(file, read_header(file));
}

Dataset npy_examples(const std::string& path, int64_t memory, double expansion) {
  ExactBytes file(path, expansion);
  const NpyHeader header = read_header(file);
  auto plain = std::make_shared<const RandomFile>(path);
  std::byte first{};
  plain->read_at(0, std::span(&first, 1));
  std::optional<StoredRows> stored;
  if (static_cast<char>(first) == magic[0]) stored = {std::move(plain), header.bytes, printable_name(path)};
  return examples_of(file, header, memory, stored);
}

NpzFile::NpzFile(const std::string& path, double expansion) : zip_(path, {.ratio = expansion}) {
  for (const ZipEntry& entry : zip_.entries()) {
    if (!entry.name.ends_with(".npy")) continue;
    Member member{entry.name.substr(0, entry.name.size() - 4), {}, entry};
    ExactBytes file(name_of(member), zip_.open(entry));
    member.header = read_header(file);
    elements(file, member.header.shape, element_bytes(member.header), most_streamed);
    members_.push_back(std::move(member));
  }
  if (members_.empty()) throw FormatError(cat(printable_name(path), ": no array (.npy) is in it"));
}

std::string NpzFile::name_of(const Member& member) const {
  return cat(zip_.file()->name(), ", ", printable_name(member.entry.name));
}

Array NpzFile::read(const Member& member) const {
  ExactBytes file(name_of(member), zip_.open(member.entry));
  return read_values(file, read_header(file));
}

Dataset NpzFile::examples(const Member& member, int64_t memory) const {
  ExactBytes file(name_of(member), zip_.open(member.entry));
  const NpyHeader header = read_header(file);
  std::optional<StoredRows> stored;
  if (member.entry.method == 0) stored = {zip_.file(), zip_.begin_of(member.entry) + header.bytes, name_of(member)};
  return examples_of(file, header, memory, stored);
}

std::vector<NamedArray> npz(const std::string& path, double expansion) {
  std::vector<NamedArray> arrays;
  const NpzFile file(path, expansion);
  for (const NpzFile::Member& member : file.members()) arrays.push_back({member.name, file.read(member)});
  return arrays;
}

Dataset npz_examples(const std::string& path, const NpzOptions& options) {
  const NpzFile file(path, options.expansion);
  const auto find = [&](const std::string& name) -> const NpzFile::Member& {
    for (const NpzFile::Member& member : file.members())
      if (member.name == name) return member;
    std::string list;
    for (const NpzFile::Member& member : file.members())
      list += cat(list.empty() ? "" : ", ", printable_name(member.name));
    throw IndexError(cat(printable_name(path), ": there is no array '", printable_name(name), "', but ", list));
  };
  Dataset examples = file.examples(find(options.x), options.memory);
  if (!options.y.empty()) examples.y = file.read(find(options.y));
  return examples;
}

}  // namespace koine::data
