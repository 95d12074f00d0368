#include <koine/checkpoint.h>
#include <koine/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/format.h"
#include "base/input_file.h"
#include "base/output_file.h"
#include "base/printable.h"
#include "io/file_value.h"
#include "io/tree_file.h"

namespace koine::io {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* manifest_name = "manifest.json";
constexpr int64_t format = 1;
constexpr uint64_t most_manifest_bytes = uint64_t{1} << 26;
using Lasting = OutputFile::Lasting;

struct Entry {
  std::string file;
  int64_t step = 0;
  uint64_t bytes = 0;
  std::string hash;
};

std::string path_of(const std::string& folder, const std::string& name) { return (fs::path(folder) / name).string(); }

std::string file_of(int64_t step, int again) {
  char text[64];
  std::snprintf(text, sizeof text, again ? "step-%012lld-%d.safetensors" : "step-%012lld.safetensors",
                static_cast<long long>(step), again);
  return text;
}

// The size and the 128 bits of XXH3 of a file; nothing when it cannot be read.
std::optional<Entry> measured(const std::string& path) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  if (!state) throw OutOfMemory(cat("no memory to read ", printable_name(path)));
  XXH3_128bits_reset(state.get());
  Entry entry;
  try {
    const Descriptor file = open_input(path);
    std::vector<char> buffer(size_t{1} << 20);
    while (const size_t count = read_some(file, path, buffer)) {
      XXH3_128bits_update(state.get(), buffer.data(), count);
      entry.bytes += count;
    }
  } catch (const IoError&) {
    return {};
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  char text[64];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  entry.hash = text;
  return entry;
}

/// What is ours in a folder. Whatever it does not name is somebody else's.
struct Manifest {
  /// Oldest first.
  std::vector<Entry> checkpoints;
  /// Files that were about to be written or removed, which a process that was killed may have left.
  std::vector<std::string> others;
};

// A manifest names checkpoints beside it, whoever wrote it: what it names may be removed.
std::string name_beside(const FileValue& value) {
  const std::string name = value.text();
  if (!name.starts_with("step-") || !name.ends_with(".safetensors") || fs::path(name).filename() != name)
    value.fail("the name of a checkpoint beside it");
  return name;
}

// No manifest means no checkpoints.
Manifest read_manifest(const std::string& folder) {
  const std::string path = path_of(folder, manifest_name);
  std::error_code ignored;
  Manifest manifest;
  if (!fs::exists(path, ignored)) return manifest;
  try {
    const FileValue all = FileValue::parse(read_whole(path, most_manifest_bytes), path, "the manifest");
    if (all.at("format").integer(0) != format)
      all.at("format").fail(cat(format, ", as this version of Koine writes it"));
    for (const FileValue& one : all.at("checkpoints").list())
      manifest.checkpoints.push_back({name_beside(one.at("file")), one.at("step").integer(0),
                                      static_cast<uint64_t>(one.at("bytes").integer(0)), one.at("xxh3_128").text()});
    if (all.has("others"))
      for (const FileValue& one : all.at("others").list()) manifest.others.push_back(name_beside(one));
  } catch (const FormatError& error) {
    throw FormatError(cat(error.what(), "; move it away to begin anew"));
  }
  std::stable_sort(manifest.checkpoints.begin(), manifest.checkpoints.end(),
                   [](const Entry& a, const Entry& b) { return a.step < b.step; });
  return manifest;
}

void write_manifest(const std::string& folder, const Manifest& manifest, Lasting lasting = Lasting::always) {
  json list = json::array();
  for (const Entry& entry : manifest.checkpoints)
    list.push_back({{"file", entry.file}, {"step", entry.step}, {"bytes", entry.bytes}, {"xxh3_128", entry.hash}});
  OutputFile file(path_of(folder, manifest_name));
  file.write(json{{"format", format}, {"checkpoints", list}, {"others", manifest.others}}.dump(2) + "\n");
  file.commit(lasting);
}

// Moves the entries that are to go to the others.
template <class Goes>
void set_aside(Manifest& manifest, Goes goes) {
  std::erase_if(manifest.checkpoints, [&](const Entry& entry) {
    if (!goes(entry)) return false;
    manifest.others.push_back(entry.file);
    return true;
  });
}

// A name that is neither a checkpoint's nor that of somebody else's file.
std::string free_name(const std::string& folder, const Manifest& manifest, int64_t step) {
  std::error_code ignored;
  for (int again = 0;; ++again) {
    const std::string name = file_of(step, again);
    const auto& others = manifest.others;
    const bool left_over = std::find(others.begin(), others.end(), name) != others.end();
    if (left_over || !fs::exists(fs::symlink_status(path_of(folder, name), ignored))) return name;
  }
}

bool remove_file(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
  return !error;
}

}  // namespace

Checkpoints::Checkpoints(std::string folder, int64_t keep) : folder_(std::move(folder)), keep_(keep) {
  if (keep < 1) throw ValueError(cat("[Checkpoints] keeps at least 1, got ", keep));
}

void Checkpoints::save(int64_t step, tree::View tree, const Metadata& notes) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw IoError(cat("cannot make the folder ", printable_name(folder_), ": ", error.message()));
  Manifest manifest = read_manifest(folder_);
  const std::string name = free_name(folder_, manifest, step), path = path_of(folder_, name);
  // The manifest names the file before it is there. All three renames last with that of the last one.
  manifest.others.push_back(name);
  write_manifest(folder_, manifest, Lasting::unless_power_fails);
  OutputFile file(path);
  write_tree(file, tree, notes);
  file.commit(Lasting::unless_power_fails);
  std::optional<Entry> written = measured(path);
  if (!written) throw IoError(cat("cannot read ", printable_name(path), " after it was written"));
  std::erase(manifest.others, name);
  set_aside(manifest, [step](const Entry& entry) { return entry.step == step; });
  manifest.checkpoints.push_back({name, step, written->bytes, written->hash});
  std::sort(manifest.checkpoints.begin(), manifest.checkpoints.end(),
            [](const Entry& a, const Entry& b) { return a.step < b.step; });
  const auto count = static_cast<int64_t>(manifest.checkpoints.size());
  const int64_t kept_from = count > keep_ ? manifest.checkpoints[static_cast<size_t>(count - keep_)].step : 0;
  set_aside(manifest, [kept_from](const Entry& entry) { return entry.step < kept_from; });
  write_manifest(folder_, manifest);
  // What cannot be removed is still named, and tried again.
  for (const std::string& one : manifest.others) remove_file(path_of(folder_, one));
  remove_left_over(folder_);
}

std::optional<Checkpoint> Checkpoints::latest(std::vector<std::string>* damaged) const {
  const Manifest manifest = read_manifest(folder_);
  for (auto entry = manifest.checkpoints.rbegin(); entry != manifest.checkpoints.rend(); ++entry) {
    const std::string path = path_of(folder_, entry->file);
    const std::optional<Entry> found = measured(path);
    if (found && found->bytes == entry->bytes && found->hash == entry->hash) return Checkpoint{path, entry->step};
    if (damaged) damaged->push_back(path);
  }
  return {};
}

void Checkpoints::clear() {
  Manifest manifest = read_manifest(folder_);
  set_aside(manifest, [](const Entry&) { return true; });
  // First it names no checkpoints, last it goes: in between the files are still known to be ours.
  if (!manifest.others.empty()) write_manifest(folder_, manifest);
  for (const std::string& one : manifest.others)
    if (!remove_file(path_of(folder_, one)))
      throw IoError(cat("cannot remove ", printable_name(path_of(folder_, one))));
  remove_file(path_of(folder_, manifest_name));
  remove_left_over(folder_);
  std::error_code ignored;
  fs::remove(folder_, ignored);
}

}  // namespace koine::io
