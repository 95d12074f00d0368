#include "base/random_file.h"

#include "base/format.h"
#include "base/input_file.h"
#include "base/printable.h"

#include <koine/error.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace koine {

RandomFile::RandomFile(const std::string& path) : name_(printable_name(path)), file_(open_input(path)) {
  struct stat status;
  if (fstat(file_.number(), &status) != 0) throw IoError(cat("cannot read ", name_, ": ", std::strerror(errno)));
  size_ = static_cast<uint64_t>(status.st_size);
}

void RandomFile::read_at(uint64_t offset, std::span<std::byte> to) const {
  constexpr size_t most_at_once = size_t{1} << 30;
  while (!to.empty()) {
    const ssize_t count =
        pread(file_.number(), to.data(), std::min(to.size(), most_at_once), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(cat("cannot read ", name_, ": ", std::strerror(errno)));
    if (count == 0) throw FormatError(cat(name_, ": the file became shorter while it was read"));
    to = to.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
}

}  // namespace koine
