#include "base/format.h"
#include "ir/node.h"

#include <atomic>
#include <new>

namespace koine::ir {

namespace {
std::atomic<int64_t> live{0}, peak{0};
constexpr std::align_val_t alignment{64};
}  // namespace

std::shared_ptr<Buffer> Buffer::allocate(int64_t bytes) {
  // A zero-size array still has an address that nobody else has.
  auto* data = static_cast<std::byte*>(::operator new(static_cast<size_t>(bytes ? bytes : 1), alignment, std::nothrow));
  if (!data)
    throw OutOfMemory(cat("[allocate] ", bytes, " bytes requested; ", live.load(), " bytes live, ", peak.load(),
                          " bytes at the peak"));
  std::shared_ptr<Buffer> buffer(new Buffer(data, bytes));
  int64_t now = live += bytes, top = peak;
  while (now > top && !peak.compare_exchange_weak(top, now)) {
  }
  return buffer;
}

Buffer::~Buffer() {
  live -= bytes_;
  ::operator delete(data_, alignment);
}

int64_t Buffer::live_bytes() { return live; }
int64_t Buffer::peak_bytes() { return peak; }

}  // namespace koine::ir
