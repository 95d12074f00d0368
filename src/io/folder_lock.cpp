#include <koine/checkpoint.h>
#include <koine/error.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/descriptor.h"
#include "base/format.h"
#include "base/output_file.h"
#include "base/printable.h"

namespace koine::io {

namespace {

namespace fs = std::filesystem;

// With a name that is nobody else's.
std::string file_in(const std::string& folder) { return (fs::path(folder) / ".koine.lock").string(); }

std::string text_of(int file) {
  char text[32];
  const ssize_t count = pread(file, text, sizeof text, 0);
  std::string_view line(text, count > 0 ? static_cast<size_t>(count) : 0);
  return std::string(line.substr(0, line.find_first_not_of("0123456789")));
}

}  // namespace

FolderLock::FolderLock(std::string folder) : folder_(std::move(folder)) {
  const std::string path = file_in(folder_);
  // The one who had it removes file and folder, maybe just now.
  for (;;) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) throw IoError(cat("cannot make the folder ", printable_name(folder_), ": ", error.message()));
    Descriptor file(open(system_path(path), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.open() && errno == ENOENT) continue;
    if (!file.open()) throw IoError(cat("cannot create ", printable_name(path), ": ", std::strerror(errno)));
    if (flock(file.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      const std::string holder = text_of(file.number());
      throw IoError(cat("a run is going on in ", printable_name(folder_),
                        holder.empty() ? "" : ", that of process " + holder,
                        ": wait for its end, or give this run an output of its own"));
    }
    // A file system without locks cannot tell: then the user has to.
    if (!is_at(file, path)) continue;
    const std::string text = cat(getpid(), "\n");
    if (ftruncate(file.number(), 0) != 0 || !write_all(file.number(), std::as_bytes(std::span(text))))
      throw IoError(cat("cannot write ", printable_name(path), ": ", std::strerror(errno)));
    file_ = file.release();
    return;
  }
}

FolderLock::~FolderLock() {
  unlink(file_in(folder_).c_str());
  close(file_);
  std::error_code ignored;
  fs::remove(folder_, ignored);
}

}  // namespace koine::io
