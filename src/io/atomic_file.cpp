#include "io/atomic_file.h"

#include <koine/error.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace koine::io {

namespace {

// Where the bytes are to end: the target of a link, else the path itself.
std::string final_place(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const auto target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target.string();
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path place(path);
  const std::string name =
      "." + place.filename().string() + "." + std::to_string(getpid()) + "-" + std::to_string(counter++) + ".tmp";
  return (place.parent_path() / name).string();
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(final_place(path)) {
  // A name may be left over from a process that was killed and had this number: take the next one.
  do {
    temporary_ = temporary_name(path_);
    file_ = Descriptor(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  } while (!file_.open() && errno == EEXIST);
  if (!file_.open()) {
    temporary_.clear();
    fail("create");
  }
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  constexpr size_t most_at_once = size_t{1} << 30;
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.number(), bytes.data(), std::min(bytes.size(), most_at_once));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write");
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

void AtomicFile::commit() {
  if (fsync(file_.number()) != 0 || !file_.close()) fail("write");
  if (rename(temporary_.c_str(), path_.c_str()) != 0) fail("replace");
  temporary_.clear();
  const Descriptor folder(open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a folder and say so.
  if (!folder.open() || (fsync(folder.number()) != 0 && errno != EINVAL && errno != ENOTSUP)) fail("finish writing");
}

void AtomicFile::fail(const char* what) const {
  throw IoError("cannot " + std::string(what) + " " + path_ + ": " + std::strerror(errno));
}

}  // namespace koine::io
