#include "ir/lock.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace koine::ir {

void GraphMutex::wait(const void* self) {
  constexpr int spins = 64, yields = 64;
  constexpr std::chrono::microseconds longest{200};
  std::chrono::microseconds pause{10};
  for (int tries = 0;; ++tries) {
    const void* nobody = nullptr;
    if (owner_.load(std::memory_order_relaxed) == nullptr &&
        owner_.compare_exchange_weak(nobody, self, std::memory_order_acquire))
      return;
    if (tries < spins) continue;
    if (tries < spins + yields) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(pause);
      pause = std::min(2 * pause, longest);
    }
  }
}

}  // namespace koine::ir
