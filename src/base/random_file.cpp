#include "base/random_file.h"

#include <koine/error.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace koine {

RandomFile::RandomFile(std::string path)
    : path_(std::move(path)), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  struct stat status;
  if (!file_.open()) throw IoError("cannot open " + path_ + ": " + std::strerror(errno));
  if (fstat(file_.number(), &status) != 0) throw IoError("cannot read " + path_ + ": " + std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw IoError("cannot read " + path_ + ": it is not a plain file");
  size_ = static_cast<uint64_t>(status.st_size);
}

void RandomFile::read_at(uint64_t offset, std::span<std::byte> to) const {
  constexpr size_t most_at_once = size_t{1} << 30;
  while (!to.empty()) {
    const ssize_t count =
        pread(file_.number(), to.data(), std::min(to.size(), most_at_once), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError("cannot read " + path_ + ": " + std::strerror(errno));
    if (count == 0) throw FormatError(path_ + ": the file became shorter while it was read");
    to = to.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
}

}  // namespace koine
