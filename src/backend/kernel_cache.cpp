#include "backend/kernel_cache.h"

#include "base/format.h"
#include "base/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>

namespace koine::backend {

namespace {

constexpr std::string_view ending = ".kernel", temporary_ending = ".tmp";
constexpr int64_t hour = 3600;

/// What a file begins with; the key and the bytes follow.
struct Header {
  std::array<char, 8> magic{'k', 'o', 'i', 'n', 'e', 'k', '1', '\n'};
  uint64_t key_bytes = 0, bytes = 0, checksum = 0;
};

uint64_t checksum_of(std::string_view key, std::string_view bytes) {
  return hash_combine(hash_bytes(key.data(), key.size()), hash_bytes(bytes.data(), bytes.size()));
}

/// Nobody but the user can have put something there.
bool is_own(const struct stat& status) { return status.st_uid == geteuid() && (status.st_mode & 022) == 0; }

std::string name_of(std::string_view key) { return digest_of(key).append(ending); }

std::optional<std::string> all_of(int file, size_t size) {
  std::string text(size, '\0');
  for (size_t done = 0; done < size;) {
    const ssize_t count = ::read(file, text.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    done += static_cast<size_t>(count);
  }
  return text;
}

/// Calls f with each of our files: its name and status.
template <class F>
void each_file(int folder, std::string_view ending, F f) {
  // A descriptor of its own, since reading a folder moves its place.
  const int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(again), closedir);
  if (!list) {
    close(again);
    return;
  }
  while (const dirent* item = readdir(list.get())) {
    const std::string_view name = item->d_name;
    struct stat status{};
    if (name.ends_with(ending) && fstatat(folder, item->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode))
      f(item->d_name, status);
  }
}

}  // namespace

std::string digest_of(std::string_view key) {
  const uint64_t first = hash_bytes(key.data(), key.size());
  uint64_t second = ~first;
  for (const char c : key) second = hash_combine(second, static_cast<unsigned char>(c));
  char text[33];
  std::snprintf(text, sizeof(text), "%016llx%016llx", static_cast<unsigned long long>(first),
                static_cast<unsigned long long>(second));
  return text;
}

KernelCache::KernelCache(const std::string& folder, int64_t bound) : path_(folder), bound_(bound) {
  std::error_code error;
  const std::filesystem::path path(folder);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return;
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status{};
  if (!opened.open() || fstat(opened.number(), &status) != 0) return;
  if (!is_own(status)) {
    refusal_ = cat(folder, status.st_uid != geteuid() ? " belongs to another user" : ": other users can write there");
    return;
  }
  folder_ = std::move(opened);
}

std::optional<std::string> KernelCache::find(std::string_view key) const {
  if (!open()) return std::nullopt;
  const Descriptor file(openat(folder_.number(), name_of(key).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file.open() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) || !is_own(status)) return {};
  Header header;
  const auto size = static_cast<size_t>(status.st_size);
  if (size < sizeof(Header) + key.size() || status.st_size > bound_) return {};
  std::optional<std::string> text = all_of(file.number(), size);
  if (!text) return {};
  std::memcpy(&header, text->data(), sizeof(Header));
  if (header.magic != Header().magic || header.key_bytes != key.size() ||
      header.bytes != size - sizeof(Header) - key.size())
    return {};
  const std::string_view kept_key(text->data() + sizeof(Header), key.size());
  std::string bytes = text->substr(sizeof(Header) + key.size());
  if (kept_key != key || header.checksum != checksum_of(key, bytes)) return {};
  if (status.st_mtime < std::time(nullptr) - hour) futimens(file.number(), nullptr);
  return bytes;
}

void KernelCache::keep(std::string_view key, std::string_view bytes) {
  if (!open()) return;
  static std::atomic<unsigned> counter{0};
  const std::string name = name_of(key);
  const std::string temporary = cat(name, ".", getpid(), "-", counter++, temporary_ending);
  const Header header{.key_bytes = key.size(), .bytes = bytes.size(), .checksum = checksum_of(key, bytes)};
  {
    Descriptor file(openat(folder_.number(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.open()) return;
    // Without fsync: what a loss of power leaves behind fails its checksum.
    const bool written = write_all(file.number(), std::as_bytes(std::span(&header, 1))) &&
                         write_all(file.number(), std::as_bytes(std::span(key))) &&
                         write_all(file.number(), std::as_bytes(std::span(bytes))) && file.close();
    if (!written || renameat(folder_.number(), temporary.c_str(), folder_.number(), name.c_str()) != 0) {
      unlinkat(folder_.number(), temporary.c_str(), 0);
      return;
    }
  }
  const std::lock_guard lock(mutex_);
  if (bytes_ < 0) {
    bytes_ = 0;
    for (const Entry& entry : entries()) bytes_ += entry.bytes;
  } else {
    bytes_ += static_cast<int64_t>(sizeof(header) + key.size() + bytes.size());
  }
  if (bytes_ > bound_) remove_oldest();
}

std::vector<KernelCache::Entry> KernelCache::entries() const {
  std::vector<Entry> list;
  if (open())
    each_file(folder_.number(), ending, [&](const char* name, const struct stat& status) {
      list.push_back({name, status.st_size, status.st_mtime});
    });
  std::ranges::sort(list, [](const Entry& a, const Entry& b) { return a.last_use > b.last_use; });
  return list;
}

// More than needed at once, so that a full folder is not read at every new file.
void KernelCache::remove_oldest() {
  bytes_ = 0;
  for (const Entry& entry : entries()) {
    if (bytes_ + entry.bytes > bound_ - bound_ / 4)
      unlinkat(folder_.number(), entry.name.c_str(), 0);
    else
      bytes_ += entry.bytes;
  }
  // Of processes that were killed.
  each_file(folder_.number(), temporary_ending, [&](const char* name, const struct stat& status) {
    if (status.st_mtime < std::time(nullptr) - hour) unlinkat(folder_.number(), name, 0);
  });
}

void KernelCache::clear() {
  if (!open()) return;
  for (const std::string_view kind : {ending, temporary_ending})
    each_file(folder_.number(), kind,
              [&](const char* name, const struct stat&) { unlinkat(folder_.number(), name, 0); });
  const std::lock_guard lock(mutex_);
  bytes_ = -1;
}

KernelCache& kernel_cache() {
  // Never destroyed: kernels may be compiled while the process ends.
  static KernelCache& cache = []() -> KernelCache& {
    // What a program runs that has more rights than its user is not for the user to choose.
    const char *wanted = secure_getenv("KOINE_CACHE"), *caches = secure_getenv("XDG_CACHE_HOME"),
               *home = secure_getenv("HOME");
    std::string folder;
    if (wanted && *wanted)
      folder = wanted;
    else if (caches && *caches == '/')
      folder = cat(caches, "/koine");
    else if (home && *home == '/')
      folder = cat(home, "/.cache/koine");
    if (folder.empty() || folder == "off") return *new KernelCache;
    auto* made = new KernelCache(folder);
    if (!made->refusal().empty())
      std::fprintf(stderr, "koine: compiled kernels are not kept: %s\n", made->refusal().c_str());
    return *made;
  }();
  return cache;
}

}  // namespace koine::backend
