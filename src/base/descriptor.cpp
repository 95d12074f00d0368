#include "base/descriptor.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace koine {

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  constexpr size_t most_at_once = size_t{1} << 30;
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), std::min(bytes.size(), most_at_once));
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      // A pipe that somebody made non-blocking.
      pollfd ready{descriptor, POLLOUT, 0};
      if (poll(&ready, 1, -1) < 0 && errno != EINTR) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace koine
