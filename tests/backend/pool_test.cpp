// The thread pool: every chunk runs once, calls nest, exceptions come back, many threads may call.
#include "backend/cpu/pool.h"

#include <koine/error.h>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace koine::backend::cpu;

namespace {

struct Threads {
  explicit Threads(int n) { set_thread_count(n); }
  ~Threads() { set_thread_count(0); }
};

}  // namespace

TEST_CASE("pool: every chunk runs once") {
  for (int threads : {1, 2, 3, 5}) {
    Threads with(threads);
    CHECK(thread_count() == threads);
    for (int64_t chunks : {0, 1, 2, 3, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<size_t>(chunks));
      parallel_for(chunks, [&](int64_t chunk) { ++runs[static_cast<size_t>(chunk)]; });
      for (auto& n : runs) CHECK(n == 1);
    }
  }
}

TEST_CASE("pool: chunks run on several threads") {
  Threads with(2);
  std::atomic<int> arrived{0};
  // Each chunk waits for the other, so one thread alone would never end.
  parallel_for(2, [&](int64_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK(arrived == 2);
}

TEST_CASE("pool: sleeping workers wake up") {
  Threads with(3);
  for (int round = 0; round < 3; ++round) {
    std::atomic<int> arrived{0};
    parallel_for(3, [&](int64_t) {
      ++arrived;
      while (arrived < 3) std::this_thread::yield();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(arrived == 3);
  }
}

TEST_CASE("pool: a call inside a chunk runs on its thread") {
  Threads with(2);
  std::atomic<int64_t> total{0};
  parallel_for(4, [&](int64_t outer) {
    auto self = std::this_thread::get_id();
    parallel_for(8, [&](int64_t inner) {
      CHECK(std::this_thread::get_id() == self);
      total += outer * 8 + inner;
    });
  });
  CHECK(total == 31 * 32 / 2);
}

TEST_CASE("pool: the exception of the first chunk that throws comes back") {
  for (int threads : {1, 2, 4}) {
    Threads with(threads);
    for (int round = 0; round < 50; ++round) {
      int64_t thrown = -1;
      try {
        parallel_for(64, [](int64_t chunk) {
          if (chunk >= 5) throw chunk;
        });
      } catch (int64_t chunk) {
        thrown = chunk;
      }
      CHECK(thrown == 5);
    }
    std::atomic<int> runs{0};
    parallel_for(10, [&](int64_t) { ++runs; });
    CHECK(runs == 10);
  }
}

TEST_CASE("pool: many threads call at once") {
  Threads with(3);
  std::vector<std::thread> callers;
  std::atomic<int64_t> total{0};
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) parallel_for(16, [&](int64_t chunk) { total += chunk; });
    });
  for (auto& caller : callers) caller.join();
  CHECK(total == 4 * 200 * 120);
}

// ThreadSanitizer does not let a child of several threads start new ones.
#if !defined(__SANITIZE_THREAD__)
TEST_CASE("pool: a child of fork() has its own") {
  Threads with(2);
  parallel_for(2, [](int64_t) {});
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::atomic<int> arrived{0};
    parallel_for(2, [&](int64_t) {
      ++arrived;
      while (arrived < 2) std::this_thread::yield();
    });
    _exit(arrived == 2 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}
#endif
