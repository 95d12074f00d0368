#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

/// Memory of values.
namespace koine::ir {

class BufferRef;

/// Memory of a value: dense, row-major, aligned to 64 bytes, shared by count. Memory that is given back is kept for the
/// next buffer of its size, so that work that repeats asks the system for nothing.
class alignas(64) Buffer {
 public:
  /// Throws OutOfMemory with the requested bytes.
  static BufferRef allocate(int64_t bytes);
  /// Memory of somebody else, as it is and never written to. `release(owner)` is called when nobody holds it any more,
  /// on any thread and with any lock of the core held.
  static BufferRef borrow(std::byte* data, int64_t bytes, void (*release)(void* owner), void* owner);
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  /// Directly behind the header, unless it is borrowed.
  std::byte* data() { return data_; }
  int64_t bytes() const { return bytes_; }
  /// Bytes held by all live buffers, and the most that ever were.
  static int64_t live_bytes();
  static int64_t peak_bytes();
  /// The most that live buffers may hold from now on, 0 for no limit.
  static void limit(int64_t bytes);

 private:
  friend class BufferRef;
  friend class BufferPool;
  Buffer() : data_(reinterpret_cast<std::byte*>(this + 1)) {}
  static void give_back(Buffer* buffer) noexcept;

  std::atomic<uint32_t> holders_{1};
  uint32_t size_class_ = 0;
  int64_t bytes_ = 0;
  Buffer* next_ = nullptr;  // among the kept ones
  std::byte* data_;
  void (*release_)(void* owner) = nullptr;  // of borrowed memory
  void* owner_ = nullptr;
};

/// A counted pointer to a buffer.
class BufferRef {
 public:
  BufferRef() = default;
  explicit BufferRef(Buffer* buffer) : buffer_(buffer) {
    if (buffer_) buffer_->holders_.fetch_add(1, std::memory_order_relaxed);
  }
  BufferRef(const BufferRef& other) : BufferRef(other.buffer_) {}
  BufferRef(BufferRef&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  BufferRef& operator=(BufferRef other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~BufferRef() { reset(); }
  void reset() {
    Buffer* dead = std::exchange(buffer_, nullptr);
    if (dead && (dead->holders_.load(std::memory_order_acquire) == 1 ||
                 dead->holders_.fetch_sub(1, std::memory_order_acq_rel) == 1))
      Buffer::give_back(dead);
  }

  Buffer* get() const { return buffer_; }
  Buffer* operator->() const { return buffer_; }
  Buffer& operator*() const { return *buffer_; }
  explicit operator bool() const { return buffer_ != nullptr; }
  /// Nobody else holds the buffer, so that it may be written to.
  bool unique() const {
    return buffer_ && buffer_->holders_.load(std::memory_order_acquire) == 1 && !buffer_->release_;
  }

 private:
  friend class BufferPool;
  Buffer* buffer_ = nullptr;
};

}  // namespace koine::ir
