#include "ir/lock.h"

#include <algorithm>
#include <chrono>
#include <thread>

#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace koine::ir {

namespace {

/// Asks again and again, in longer and longer intervals, until the answer is yes.
template <class Question>
void wait_until(Question&& question) {
  constexpr int spins = 64, yields = 64;
  constexpr std::chrono::microseconds longest{200};
  std::chrono::microseconds pause{10};
  for (int tries = 0; !question(); ++tries) {
    if (tries < spins) continue;
    if (tries < spins + yields) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(pause);
      pause = std::min(2 * pause, longest);
    }
  }
}

/// Fences, here and now, on all threads of the process that run. False where the system has no such thing.
bool fence_everywhere() {
#ifdef __linux__
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return true;
  // Once for each process.
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 &&
         syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
#else
  return false;
#endif
}

}  // namespace

void GraphMutex::pass_gate(const void* self) {
  constexpr uint32_t calm = 10000;  // a fence on all threads takes microseconds
  wait_until([&] {
    const void* nobody = nullptr;
    return gate_.load(std::memory_order_relaxed) == nullptr &&
           gate_.compare_exchange_strong(nobody, self, std::memory_order_acquire);
  });
  if (!first_) first_ = self;
  if (self == first_) {
    if (++in_a_row_ == calm && fence_everywhere()) favourite_.store(self, std::memory_order_relaxed);
  } else {
    in_a_row_ = 0;
    if (favourite_.load(std::memory_order_relaxed)) {
      favourite_.store(nullptr, std::memory_order_relaxed);
      fence_everywhere();
      wait_until([&] { return !inside_.load(std::memory_order_acquire); });
    }
  }
  by_gate_ = true;
}

}  // namespace koine::ir
