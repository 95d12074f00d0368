// The lock of the core: one thread at a time, also while its favourite changes.
#include "ir/lock.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

using namespace koine::ir;

namespace {

/// What the lock guards: a sum that is wrong when two threads are inside at once.
struct Guarded {
  GraphMutex mutex;
  int64_t sum = 0, copy = 0;
  bool mixed = false;

  void add() {
    GraphLock lock(mutex);
    mixed |= sum != copy;
    ++sum;
    {
      GraphLock again(mutex);
      ++copy;
    }
  }
};

}  // namespace

TEST_CASE("lock: the first thread comes all the time, others now and then") {
  Guarded guarded;
  constexpr int64_t visits = 200;
  std::atomic<int> running{2};
  std::vector<std::thread> others;
  int64_t count = 0;
  for (; count < 5000; ++count) guarded.add();  // the favourite from now on
  for (int i = 0; i < 2; ++i)
    others.emplace_back([&] {
      for (int64_t n = 0; n < visits; ++n) {
        guarded.add();
        // Long enough for the favourite to become it again, and not.
        std::this_thread::sleep_for(std::chrono::microseconds(n % 2 ? 10 : 1000));
      }
      --running;
    });
  for (; running > 0; ++count) guarded.add();
  for (std::thread& other : others) other.join();
  CHECK(guarded.sum == count + 2 * visits);
  CHECK_FALSE(guarded.mixed);
}

TEST_CASE("lock: threads that come all the time, and one that is gone") {
  Guarded guarded;
  constexpr int64_t visits = 20000;
  // The first thread ends before the others begin.
  std::thread([&] {
    for (int64_t n = 0; n < visits; ++n) guarded.add();
  }).join();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int64_t n = 0; n < visits; ++n) guarded.add();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(guarded.sum == 4 * visits);
  CHECK_FALSE(guarded.mixed);
}

TEST_CASE("lock: it is free while it is given up, however often it was locked") {
  Guarded guarded;
  for (int n = 0; n < 5000; ++n) guarded.add();
  GraphLock outer(guarded.mutex);
  GraphLock inner(guarded.mutex);
  {
    GraphUnlock unlock(guarded.mutex);
    std::thread([&] { guarded.add(); }).join();
  }
  CHECK(guarded.sum == 5001);
  guarded.add();
  CHECK(guarded.sum == 5002);
}
