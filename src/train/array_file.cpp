#include "train/array_file.h"

#include "base/format.h"
#include "data/example_store.h"

#include <algorithm>

namespace koine::train {

namespace {

using io::safetensors::Reader;

std::variant<data::NpzFile, Reader> opened(const std::string& path) {
  if (path.ends_with(".npz")) return data::NpzFile(path);
  return Reader(path);
}

const data::NpzFile::Member& find(const data::NpzFile& file, std::string_view name) {
  return *std::find_if(file.members().begin(), file.members().end(),
                       [&](const data::NpzFile::Member& member) { return member.name == name; });
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path) : file_(opened(path)) {
  if (const auto* npz = std::get_if<data::NpzFile>(&file_))
    for (const auto& member : npz->members())
      entries_.push_back({member.name, member.header.dtype, member.header.shape});
  else
    for (const auto& entry : std::get<Reader>(file_).header().entries)
      entries_.push_back({entry.name, entry.dtype, Shape(entry.shape)});
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
}

bool ArrayFile::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
}

std::string ArrayFile::list() const {
  std::string text;
  for (const Entry& entry : entries_) text += cat(text.empty() ? "" : ", ", entry.name, " ", entry.shape);
  return text;
}

Array ArrayFile::read(std::string_view name) const {
  if (const auto* npz = std::get_if<data::NpzFile>(&file_)) return npz->read(find(*npz, name));
  const Reader& file = std::get<Reader>(file_);
  const io::safetensors::Entry& entry = *file.find(name);
  return from_bytes(entry.dtype, Shape(entry.shape), file.read(entry).data());
}

data::Dataset ArrayFile::examples(std::string_view name, int64_t memory) const {
  if (const auto* npz = std::get_if<data::NpzFile>(&file_)) return npz->examples(find(*npz, name), memory);
  const Reader& file = std::get<Reader>(file_);
  const io::safetensors::Entry& entry = *file.find(name);
  if (entry.shape.empty() || entry.end - entry.begin <= static_cast<uint64_t>(memory)) return {read(name), {}};
  return {{},
          {},
          data::stored_examples({file.file(), file.begin_of(entry), cat(file.file()->path(), ", ", name)}, entry.dtype,
                                Shape(entry.shape))};
}

}  // namespace koine::train
