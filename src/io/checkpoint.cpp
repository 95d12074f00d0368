#include <koine/checkpoint.h>
#include <koine/error.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/format.h"
#include "io/atomic_file.h"

namespace koine::io {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* manifest_name = "manifest.json";
constexpr int64_t format = 1;

struct Entry {
  std::string file;
  int64_t step = 0;
  uint64_t bytes = 0;
  std::string hash;
};

std::string path_of(const std::string& folder, const std::string& name) { return (fs::path(folder) / name).string(); }

std::string file_of(int64_t step) {
  char text[64];
  std::snprintf(text, sizeof text, "step-%012lld.safetensors", static_cast<long long>(step));
  return text;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The size and the 128 bits of XXH3 of a file; nothing when it cannot be read.
std::optional<Entry> measured(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) return {};
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  if (!state) throw OutOfMemory("no memory to read " + path);
  XXH3_128bits_reset(state.get());
  std::vector<char> buffer(size_t{1} << 20);
  Entry entry;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    XXH3_128bits_update(state.get(), buffer.data(), count);
    entry.bytes += count;
  }
  if (std::ferror(file.get())) return {};
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  char text[64];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  entry.hash = text;
  return entry;
}

// Oldest first. No manifest means no checkpoints.
std::vector<Entry> read_manifest(const std::string& folder) {
  const std::string path = path_of(folder, manifest_name);
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<Entry> entries;
  try {
    const json manifest = json::parse(text);
    if (manifest.at("format") != format) throw FormatError(cat(path, ": a manifest of another version of Koine"));
    for (const json& one : manifest.at("checkpoints")) {
      Entry entry{one.at("file"), one.at("step"), one.at("bytes"), one.at("xxh3_128")};
      // A manifest names files beside it, whoever wrote it.
      if (fs::path(entry.file).filename() != entry.file)
        throw FormatError(cat(path, ": '", entry.file, "' is no file beside it"));
      entries.push_back(std::move(entry));
    }
  } catch (const json::exception& error) {
    throw FormatError(cat(path, ": is no manifest of checkpoints; move it away to begin anew"));
  }
  return entries;
}

void write_manifest(const std::string& folder, const std::vector<Entry>& entries) {
  json list = json::array();
  for (const Entry& entry : entries)
    list.push_back({{"file", entry.file}, {"step", entry.step}, {"bytes", entry.bytes}, {"xxh3_128", entry.hash}});
  const std::string text = json{{"format", format}, {"checkpoints", list}}.dump(2) + "\n";
  AtomicFile file(path_of(folder, manifest_name));
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

bool is_ours(const std::string& name) {
  const bool temporary = name.starts_with(".step-") || name.starts_with(".manifest.json.");
  return (name.starts_with("step-") && name.ends_with(".safetensors")) || (temporary && name.ends_with(".tmp"));
}

// Removes what the manifest does not name: older checkpoints, and what a process left that was killed while it wrote.
void remove_others(const std::string& folder, const std::vector<Entry>& entries) {
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored)) {
    const std::string name = file.path().filename().string();
    const bool named =
        std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.file == name; });
    if (is_ours(name) && !named) fs::remove(file.path(), ignored);
  }
}

}  // namespace

Checkpoints::Checkpoints(std::string folder, int64_t keep) : folder_(std::move(folder)), keep_(keep) {
  if (keep < 1) throw ValueError(cat("[Checkpoints] keeps at least 1, got ", keep));
}

void Checkpoints::save(int64_t step, tree::View tree, const Metadata& notes) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw IoError(cat("cannot make the folder ", folder_, ": ", error.message()));
  std::vector<Entry> entries = read_manifest(folder_);
  const std::string name = file_of(step), path = path_of(folder_, name);
  // The same step again: the old one must not be named while the new one takes its place.
  const size_t before = entries.size();
  std::erase_if(entries, [&](const Entry& entry) { return entry.file == name; });
  if (entries.size() != before) write_manifest(folder_, entries);
  io::save(path, tree, notes);
  std::optional<Entry> written = measured(path);
  if (!written) throw IoError(cat("cannot read ", path, " after it was written"));
  entries.push_back({name, step, written->bytes, written->hash});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.step < b.step; });
  if (entries.size() > static_cast<size_t>(keep_)) entries.erase(entries.begin(), entries.end() - keep_);
  write_manifest(folder_, entries);
  remove_others(folder_, entries);
}

std::optional<Checkpoint> Checkpoints::latest(std::vector<std::string>* damaged) const {
  std::vector<Entry> entries = read_manifest(folder_);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const std::string path = path_of(folder_, entry->file);
    const std::optional<Entry> found = measured(path);
    if (found && found->bytes == entry->bytes && found->hash == entry->hash) return Checkpoint{path, entry->step};
    if (damaged) damaged->push_back(path);
  }
  return {};
}

void Checkpoints::clear() {
  std::error_code ignored;
  // The manifest first: without it the files are nothing.
  fs::remove(path_of(folder_, manifest_name), ignored);
  remove_others(folder_, {});
  fs::remove(folder_, ignored);
}

}  // namespace koine::io
