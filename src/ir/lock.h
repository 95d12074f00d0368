#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>

/// The lock of the core. It costs a few nanoseconds while nobody else wants it.
namespace koine::ir {

/// Guards recording, and the memory of values: pending graphs belong to arrays, not to threads. A thread may lock it
/// again while it holds it. It is held for short moments, so that those who wait look again now and then, and leaving
/// costs a store.
class GraphMutex {
 public:
  void lock() {
    const void* self = this_thread();
    if (owner_.load(std::memory_order_relaxed) == self) {
      ++depth_;
      return;
    }
    const void* nobody = nullptr;
    if (!owner_.compare_exchange_strong(nobody, self, std::memory_order_acquire)) wait(self);
  }
  void unlock() {
    if (depth_ != 0)
      --depth_;
    else
      owner_.store(nullptr, std::memory_order_release);
  }

 private:
  friend class GraphUnlock;
  static const void* this_thread() {
    static thread_local char place;
    return &place;
  }
  void wait(const void* self);

  std::atomic<const void*> owner_{nullptr};
  uint32_t depth_ = 0;
};

inline constinit GraphMutex the_graph_mutex;
inline GraphMutex& graph_mutex() { return the_graph_mutex; }
using GraphLock = std::lock_guard<GraphMutex>;

/// While it lives, others may record and evaluate: what this thread has locked, however often, is free.
class GraphUnlock {
 public:
  explicit GraphUnlock(GraphMutex& mutex) : mutex_(mutex), depth_(mutex.depth_) {
    mutex_.depth_ = 0;
    mutex_.unlock();
  }
  ~GraphUnlock() {
    mutex_.lock();
    mutex_.depth_ = depth_;
  }
  GraphUnlock(const GraphUnlock&) = delete;
  GraphUnlock& operator=(const GraphUnlock&) = delete;

 private:
  GraphMutex& mutex_;
  uint32_t depth_;
};

}  // namespace koine::ir
