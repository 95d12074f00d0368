#include "io/array_file.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "data/example_store.h"

#include <koine/error.h>

#include <algorithm>

namespace koine::io {

namespace {

using safetensors::Reader;

std::variant<data::NpzFile, Reader> opened(const std::string& path, double expansion) {
  if (ArrayFile::is_npz(path)) return data::NpzFile(path, expansion);
  return Reader(path);
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path, double expansion) : file_(opened(path, expansion)) {
  const auto add = [&](const std::string& name, DType dtype, Shape shape) {
    if (!is_utf8(name))
      throw FormatError(cat(printable_name(path), ": the name of an array is not UTF-8: ", json_text(name)));
    entries_.push_back({name, dtype, std::move(shape), entries_.size()});
  };
  if (const auto* npz = std::get_if<data::NpzFile>(&file_))
    for (const auto& member : npz->members()) add(member.name, member.header.dtype, member.header.shape);
  else
    for (const auto& entry : std::get<Reader>(file_).header().entries) add(entry.name, entry.dtype, Shape(entry.shape));
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(entries_.begin(), entries_.end(),
                                        [](const Entry& a, const Entry& b) { return a.name == b.name; });
  if (twice != entries_.end())
    throw FormatError(cat(printable_name(path), ": two arrays are named '", printable_name(twice->name), "'"));
}

const ArrayFile::Entry* ArrayFile::find(std::string_view name) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), name,
                                      [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found == entries_.end() || found->name != name ? nullptr : &*found;
}

std::string ArrayFile::list() const {
  std::string text;
  for (const Entry& entry : entries_)
    text += cat(text.empty() ? "" : ", ", printable_name(entry.name), " ", entry.shape);
  return shortened(text, 500);
}

Array ArrayFile::read(const Entry& entry) const {
  if (const auto* npz = std::get_if<data::NpzFile>(&file_)) return npz->read(npz->members()[entry.place]);
  const Reader& file = std::get<Reader>(file_);
  return from_bytes(entry.dtype, entry.shape, file.read(file.header().entries[entry.place]).data());
}

data::Dataset ArrayFile::examples(const Entry& entry, int64_t memory) const {
  if (const auto* npz = std::get_if<data::NpzFile>(&file_)) return npz->examples(npz->members()[entry.place], memory);
  const Reader& file = std::get<Reader>(file_);
  const safetensors::Entry& there = file.header().entries[entry.place];
  if (there.shape.empty() || there.end - there.begin <= static_cast<uint64_t>(memory)) return {read(entry), {}};
  return {{},
          {},
          data::stored_examples(
              {file.file(), file.begin_of(there), cat(file.file()->name(), ", ", printable_name(entry.name))},
              entry.dtype, entry.shape)};
}

Metadata ArrayFile::notes() const {
  const auto* file = std::get_if<Reader>(&file_);
  if (!file) return {};
  return {file->header().metadata.begin(), file->header().metadata.end()};
}

}  // namespace koine::io
