#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>

/// The lock of the core. It costs a few nanoseconds while nobody else wants it.
namespace koine::ir {

/// Guards recording, and the memory of values: pending graphs belong to arrays, not to threads. A thread may lock it
/// again while it holds it. It is held for short moments, so that those who wait look again now and then.
///
/// It has a gate that is passed with an atomic operation. But nearly always it is one thread that comes, again and
/// again: the first that ever came. It is the favourite and goes in by a door of its own: it says that it is inside and
/// then looks whether it is still the favourite. Another thread, once through the gate, takes that away and then looks
/// whether it is inside. Who is second sees what the first one wrote if neither store is late; the favourite leaves it
/// to the others, who come seldom, to make sure of that, for both sides (`membarrier`). When nobody else came for a
/// while it is the favourite again. Nobody else ever is, so that the door is used by one thread only.
class GraphMutex {
 public:
  void lock() {
    const void* self = this_thread();
    if (owner_.load(std::memory_order_relaxed) == self) {
      ++depth_;
      return;
    }
    if (favourite_.load(std::memory_order_relaxed) != self || !enter_by_door(self)) pass_gate(self);
    owner_.store(self, std::memory_order_relaxed);
  }
  void unlock() {
    if (depth_ != 0) {
      --depth_;
      return;
    }
    owner_.store(nullptr, std::memory_order_relaxed);
    if (!by_gate_) {
      inside_.store(false, std::memory_order_release);
    } else {
      by_gate_ = false;
      gate_.store(nullptr, std::memory_order_release);
    }
  }

 private:
  friend class GraphUnlock;
  static const void* this_thread() {
    static thread_local char place;
    return &place;
  }
  bool enter_by_door(const void* self) {
    inside_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps the order, and `membarrier` does
    if (favourite_.load(std::memory_order_relaxed) == self) return true;
    inside_.store(false, std::memory_order_release);
    return false;
  }
  void pass_gate(const void* self);

  std::atomic<const void*> owner_{nullptr}, favourite_{nullptr}, gate_{nullptr};
  std::atomic<bool> inside_{false};  // written by the first thread only
  bool by_gate_ = false;             // how who holds it came in; this and the next are guarded by the lock itself
  uint32_t depth_ = 0;
  const void* first_ = nullptr;  // the only thread that may be the favourite; this and the next are guarded by the gate
  uint32_t in_a_row_ = 0;        // how often the first thread passed the gate since another one did
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
