#include "base/output_file.h"

#include "base/format.h"
#include "base/hash.h"
#include "base/narrow.h"
#include "base/printable.h"

#include <koine/error.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

namespace koine {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view begin_of_name = ".koine-", end_of_name = ".tmp";

[[noreturn]] void refuse(const std::string& path, const char* what, std::string_view why) {
  throw IoError(cat("cannot ", what, " ", printable_name(path), ": ", why));
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) ? buffer : "";
}

// The descriptor of this process that a path names, as /proc/self/fd/1; -1 for none. A plain file behind it is not to
// be replaced: whoever opened it goes on writing where it was.
int own_descriptor(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  if (name.empty() || name.size() > 9 ||
      !std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return -1;
  const std::string folder = real_path(folder_of(path)), own = cat("/proc/", getpid(), "/");
  return folder.starts_with(own) && folder.ends_with("/fd") ? std::atoi(name.c_str()) : -1;
}

/// What a path leads to.
struct Target {
  /// Past all links.
  std::string place;
  int descriptor = -1;
  bool exists = false;
  struct stat status{};
};

Target target_of(const std::string& path) {
  constexpr int most_links = 40;
  Target target{path};
  for (int links = 0;; ++links) {
    target.descriptor = own_descriptor(target.place);
    if (target.descriptor >= 0) {
      if (fstat(target.descriptor, &target.status) != 0) refuse(path, "write", std::strerror(errno));
      target.exists = true;
      return target;
    }
    if (lstat(target.place.c_str(), &target.status) != 0) {
      if (errno != ENOENT) refuse(path, "create", std::strerror(errno));
      return target;
    }
    target.exists = true;
    if (!S_ISLNK(target.status.st_mode)) return target;
    if (links == most_links) refuse(path, "create", std::strerror(ELOOP));
    target.exists = false;
    std::error_code error;
    const fs::path next = fs::read_symlink(target.place, error);
    if (error) refuse(path, "create", error.message());
    target.place = (fs::path(target.place).parent_path() / next).string();
  }
}

// A name that belongs to the file's, but is never longer than the system allows.
std::string temporary_name(const std::string& place, int number) {
  const fs::path path(place);
  const std::string name = path.filename().string();
  char text[64];
  std::snprintf(text, sizeof text, "%.*s%016llx-%d%.*s", narrow<int>(begin_of_name.size()), begin_of_name.data(),
                static_cast<unsigned long long>(hash_bytes(name.data(), name.size())), number,
                narrow<int>(end_of_name.size()), end_of_name.data());
  return (path.parent_path() / text).string();
}

bool is_temporary_name(std::string_view name) {
  constexpr size_t hash_digits = 16;
  if (!name.starts_with(begin_of_name) || !name.ends_with(end_of_name)) return false;
  name.remove_prefix(begin_of_name.size());
  name.remove_suffix(end_of_name.size());
  return name.size() > hash_digits + 1 && name[hash_digits] == '-' &&
         name.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

// Who writes a temporary file holds a lock on it, which goes with the process: what is not locked is left over. Names
// are removed by the holder of the lock alone.
void remove_if_left_over(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file.open() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid())
    return;
  if (flock(file.number(), LOCK_EX | LOCK_NB) == 0 && is_at(file, path)) unlink(path.c_str());
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "it is a folder";
  if (S_ISBLK(mode)) return "it is a block device";
  if (S_ISSOCK(mode)) return "it is a socket";
  return "it is no file";
}

}  // namespace

const char* system_path(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    throw IoError(cat("a path has no zero byte: '", path.substr(0, path.find('\0')), "\\0...'"));
  return path.c_str();
}

bool is_at(const Descriptor& file, const std::string& path) {
  struct stat open{}, there{};
  return fstat(file.number(), &open) == 0 && lstat(path.c_str(), &there) == 0 && open.st_dev == there.st_dev &&
         open.st_ino == there.st_ino;
}

OutputFile::OutputFile(const std::string& path, Mode mode) : path_(path), mode_(mode) {
  system_path(path);
  if (fs::path(path).filename().empty()) refuse(path.empty() ? "''" : path, "create", "a file needs a name");
  Target target = target_of(path);
  place_ = target.place;
  if (target.exists && mode == Mode::create) refuse(path, "create", std::strerror(EEXIST));
  if (target.descriptor >= 0) {
    file_ = Descriptor(fcntl(target.descriptor, F_DUPFD_CLOEXEC, 0));
    if (!file_.open()) fail("write");
    return;
  }
  const mode_t kind = target.status.st_mode;
  if (!target.exists) {
    if (mode == Mode::append)
      open_in_place(place_, O_CREAT | O_APPEND);
    else
      begin_beside(nullptr);
  } else if (S_ISREG(kind)) {
    if (faccessat(AT_FDCWD, place_.c_str(), W_OK, AT_EACCESS) != 0) fail("write");
    if (mode == Mode::append)
      open_in_place(place_, O_APPEND);
    else
      begin_beside(&target.status);
  } else if (S_ISFIFO(kind) || S_ISCHR(kind)) {
    open_in_place(place_, O_NOCTTY);
  } else {
    refuse(path, "write", kind_of(kind));
  }
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::begin_beside(const struct stat* old) {
  constexpr int most_writers = 1000;
  if (old) {
    replaces_ = true;
    old_ = *old;
  }
  // What replaces a file is not seen by more people than the file, not even while it is written.
  const mode_t mode = old ? old->st_mode & 0600 : 0666;
  int number = 0;
  for (; number < most_writers; ++number) {
    const std::string name = temporary_name(place_, number);
    remove_if_left_over(name);
    file_ = Descriptor(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode | 0200));
    if (!file_.open()) {
      if (errno == EEXIST) continue;
      fail("create");
    }
    // Where a file system knows no locks, nothing is ever taken for left over.
    if (flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) continue;
    if (!is_at(file_, name)) continue;
    temporary_ = name;
    break;
  }
  if (temporary_.empty()) refuse(path_, "create", "too many processes write it at once");
  struct stat ignored{};
  for (std::string more = temporary_name(place_, ++number); lstat(more.c_str(), &ignored) == 0;
       more = temporary_name(place_, ++number))
    remove_if_left_over(more);
}

void OutputFile::open_in_place(const std::string& place, int flags) {
  // Without O_NONBLOCK a FIFO that nobody reads from would be waited for, for ever.
  constexpr int tries = 100;
  for (int i = 0;; ++i) {
    file_ = Descriptor(open(place.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | flags, 0666));
    if (file_.open() || errno != ENXIO) break;
    if (i == tries) refuse(path_, "write", "nobody reads from it");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (!file_.open()) fail("write");
  const int now = fcntl(file_.number(), F_GETFL);
  if (now < 0 || fcntl(file_.number(), F_SETFL, now & ~O_NONBLOCK) != 0) fail("write");
}

void OutputFile::write(std::span<const std::byte> bytes) {
  if (!write_all(file_.number(), bytes)) fail("write");
}

void OutputFile::commit(Lasting lasting) {
  if (temporary_.empty()) {
    if (!file_.close()) fail("write");
    return;
  }
  if (replaces_) keep_mode_and_owner();
  if (fsync(file_.number()) != 0) fail("write");
  rename_into_place();
  if (!file_.close()) fail("write");
  if (lasting == Lasting::unless_power_fails) return;
  const Descriptor folder(open(folder_of(place_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a folder and say so.
  if (!folder.open() || (fsync(folder.number()) != 0 && errno != EINVAL && errno != ENOTSUP)) fail("finish writing");
}

void OutputFile::keep_mode_and_owner() const {
  const int file = file_.number();
  struct stat now{};
  if (fstat(file, &now) != 0) fail("write");
  mode_t mode = old_.st_mode & 07777;
  if (now.st_uid != old_.st_uid || now.st_gid != old_.st_gid) {
    // The owner is the system's to give; a group of one's own can always be kept. What runs as somebody does not run
    // as somebody else.
    if (fchown(file, old_.st_uid, old_.st_gid) != 0) {
      mode &= ~mode_t{06000};
      if (fchown(file, static_cast<uid_t>(-1), old_.st_gid) != 0) mode &= ~mode_t{0070};
    }
  }
  if (fchmod(file, mode) != 0) fail("write");
}

void OutputFile::rename_into_place() {
  const char *from = temporary_.c_str(), *to = place_.c_str();
  if (mode_ == Mode::create) {
    // A link never replaces; where there are none, nothing is closer to it than to look first.
    if (link(from, to) == 0) {
      unlink(from);
      temporary_.clear();
      return;
    }
    struct stat ignored{};
    const bool no_links = errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EMLINK;
    if (!no_links) fail("create");
    if (lstat(to, &ignored) == 0) refuse(path_, "create", std::strerror(EEXIST));
  }
  if (rename(from, to) != 0) fail("replace");
  temporary_.clear();
}

void OutputFile::fail(const char* what) const { refuse(path_, what, std::strerror(errno)); }

void write_output(const std::string& path, std::string_view bytes, OutputFile::Mode mode) {
  OutputFile file(path, mode);
  file.write(bytes);
  file.commit();
}

void remove_left_over(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (is_temporary_name(entry.path().filename().string())) remove_if_left_over(entry.path().string());
}

}  // namespace koine
