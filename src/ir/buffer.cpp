#include "ir/buffer.h"

#include "base/format.h"
#include "ir/lock.h"

#include <koine/error.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>

namespace koine::ir {

namespace {
constexpr std::align_val_t alignment{64};
constexpr size_t granule = 64, small_classes = 16, per_doubling = 8;
constexpr size_t small_bytes = granule * small_classes;  // below, a class for each multiple of the granule
constexpr size_t class_count = small_classes + 1 + per_doubling * 53;

/// Header and data of a buffer, rounded up by at most an eighth, so that few sizes differ.
uint32_t class_of(size_t bytes) {
  if (bytes <= small_bytes) return static_cast<uint32_t>((bytes + granule - 1) / granule);
  // The least m * 2^s that fits, with m from 8 to 15.
  const int shift = static_cast<int>(std::bit_width(bytes - 1)) - 4;
  size_t steps = ((bytes - 1) >> shift) + 1;  // 9 to 16
  return static_cast<uint32_t>(small_classes + per_doubling * static_cast<size_t>(shift - 7) + steps - per_doubling);
}
size_t bytes_of(uint32_t size_class) {
  if (size_class <= small_classes) return size_class * granule;
  size_t above = size_class - small_classes - 1;
  return (per_doubling + 1 + above % per_doubling) << (above / per_doubling + 7);
}
}  // namespace

/// The memory of all buffers, live and kept. Guarded by the graph lock, which those who ask for a buffer or give one
/// back often hold already.
class BufferPool {
 public:
  BufferRef take(int64_t wanted) {
    size_t needed = static_cast<size_t>(wanted) + sizeof(Buffer);
    if (wanted < 0 || wanted > most || beyond_limit(wanted)) refuse(wanted);
    uint32_t size_class = class_of(needed);
    Buffer* buffer = nullptr;
    {
      GraphLock lock(graph_mutex());
      if ((buffer = kept_[size_class])) {
        kept_[size_class] = buffer->next_;
        kept_bytes_ -= bytes_of(size_class);
        count(wanted);
      } else {
        trim(bytes_of(size_class));
      }
    }
    if (!buffer) buffer = fresh(size_class, wanted);
    buffer->holders_.store(1, std::memory_order_relaxed);
    buffer->size_class_ = size_class;
    buffer->bytes_ = wanted;
    BufferRef result;
    result.buffer_ = buffer;
    return result;
  }
  void give(Buffer* buffer) {
    GraphLock lock(graph_mutex());
    live_ -= buffer->bytes_;
    buffer->next_ = kept_[buffer->size_class_];
    kept_[buffer->size_class_] = buffer;
    kept_bytes_ += bytes_of(buffer->size_class_);
  }
  int64_t live() {
    GraphLock lock(graph_mutex());
    return live_;
  }
  int64_t peak() {
    GraphLock lock(graph_mutex());
    return peak_;
  }
  void limit(int64_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }

 private:
  static constexpr int64_t most = int64_t{1} << 56;
  static constexpr size_t always_kept = 64 << 20;

  bool beyond_limit(int64_t wanted) {
    const int64_t limit = limit_.load(std::memory_order_relaxed);
    return limit > 0 && live() + wanted > limit;
  }
  void count(int64_t bytes) {
    live_ += bytes;
    if (live_ > peak_) peak_ = live_;
  }
  Buffer* fresh(uint32_t size_class, int64_t wanted) {
    void* memory = ::operator new(bytes_of(size_class), alignment, std::nothrow);
    if (!memory) {
      {
        GraphLock lock(graph_mutex());
        release(kept_bytes_);
      }
      memory = ::operator new(bytes_of(size_class), alignment, std::nothrow);
    }
    if (!memory) refuse(wanted);
    GraphLock lock(graph_mutex());
    count(wanted);
    return new (memory) Buffer;
  }
  [[noreturn]] void refuse(int64_t wanted) {
    throw OutOfMemory(
        cat("[allocate] ", wanted, " bytes requested; ", live(), " bytes live, ", peak(), " bytes at the peak"));
  }
  // Sizes that changed for good leave memory behind that nobody asks for again.
  void trim(size_t more) {
    auto most_live = static_cast<size_t>(std::max(peak_, live_ + static_cast<int64_t>(more)));
    size_t allowed = most_live + most_live / 2 + always_kept;
    size_t held = static_cast<size_t>(live_) + kept_bytes_ + more;
    if (held > allowed) release(held - allowed);
  }
  // The largest first.
  void release(size_t bytes) {
    size_t goal = kept_bytes_ - std::min(bytes, kept_bytes_);
    for (size_t c = class_count; c-- > 0 && kept_bytes_ > goal;)
      while (kept_[c] && kept_bytes_ > goal) {
        Buffer* buffer = kept_[c];
        kept_[c] = buffer->next_;
        kept_bytes_ -= bytes_of(static_cast<uint32_t>(c));
        ::operator delete(buffer, alignment);
      }
  }

  int64_t live_ = 0, peak_ = 0;
  std::atomic<int64_t> limit_ = 0;
  size_t kept_bytes_ = 0;
  std::array<Buffer*, class_count> kept_{};
};

namespace {
// Never destroyed: arrays of the user may live longer than anything else.
constinit BufferPool pool;
}  // namespace

BufferRef Buffer::allocate(int64_t bytes) { return pool.take(bytes); }
void Buffer::give_back(Buffer* buffer) noexcept {
  if (!buffer->release_) return pool.give(buffer);
  buffer->release_(buffer->owner_);
  delete buffer;
}
BufferRef Buffer::borrow(std::byte* data, int64_t bytes, void (*release)(void* owner), void* owner) {
  auto* buffer = new Buffer;
  buffer->bytes_ = bytes;
  buffer->data_ = data;
  buffer->release_ = release;
  buffer->owner_ = owner;
  BufferRef result(buffer);
  buffer->holders_.store(1, std::memory_order_relaxed);
  return result;
}
int64_t Buffer::live_bytes() { return pool.live(); }
int64_t Buffer::peak_bytes() { return pool.peak(); }
void Buffer::limit(int64_t bytes) { pool.limit(bytes); }

}  // namespace koine::ir
