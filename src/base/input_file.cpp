#include "base/input_file.h"

#include "base/format.h"
#include "base/output_file.h"
#include "base/printable.h"

#include <koine/error.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace koine {

namespace {

[[noreturn]] void fail(const char* what, const std::string& path, std::string_view why) {
  throw IoError(cat("cannot ", what, " ", printable_name(path), ": ", why));
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "it is a folder";
  if (S_ISFIFO(mode)) return "it is a pipe; write what comes out of it to a file first";
  return S_ISSOCK(mode) ? "it is a socket" : "it is a device";
}

}  // namespace

Descriptor open_input(const std::string& path) {
  struct stat status;
  // Looked at before: to open some devices is to change them.
  if (stat(system_path(path), &status) != 0) fail("open", path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail("read", path, kind_of(status.st_mode));
  // Another file may stand there by now: no pipe is waited for, and no terminal becomes the program's own.
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.open()) fail("open", path, std::strerror(errno));
  if (fstat(file.number(), &status) != 0) fail("read", path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail("read", path, kind_of(status.st_mode));
  return file;
}

size_t read_some(const Descriptor& file, const std::string& path, std::span<char> to) {
  constexpr size_t most_at_once = size_t{1} << 30;
  while (true) {
    const ssize_t count = read(file.number(), to.data(), std::min(to.size(), most_at_once));
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) fail("read", path, std::strerror(errno));
  }
}

std::string read_whole(const std::string& path, uint64_t most) {
  const Descriptor file = open_input(path);
  std::string text;
  char piece[1 << 16];
  // Not by the size that the system tells: that of a file of the system itself may be 0.
  while (const size_t count = read_some(file, path, piece)) {
    if (count > most - text.size())
      throw FormatError(cat(printable_name(path), ": the file is too large: at most ", most, " bytes are read of it"));
    text.append(piece, count);
  }
  return text;
}

}  // namespace koine
