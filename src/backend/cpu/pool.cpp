#include "backend/cpu/pool.h"

#include "base/format.h"
#include "ir/buffer.h"

#include <koine/error.h>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace koine::backend::cpu {

namespace {

// How long a thread that waits keeps its core: longer than the gaps inside a program, shorter than what a neighbour
// would notice.
constexpr std::chrono::microseconds spin_time{50};

// Set on a thread that runs a chunk: what it starts itself is not shared again.
thread_local bool inside = false;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class Ready>
bool spin_until(Ready ready, std::chrono::microseconds longest = spin_time) {
  const auto end = std::chrono::steady_clock::now() + longest;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

int this_core() {
#if defined(__linux__)
  return sched_getcpu();
#else
  return -1;
#endif
}

// Moves a thread, 0 for this one, off a core or to it, and leaves it free to be moved again. False when it cannot be.
bool move_thread([[maybe_unused]] int thread, [[maybe_unused]] int core, [[maybe_unused]] bool to_it) {
#if defined(__linux__)
  cpu_set_t allowed;
  if (core < 0 || core >= CPU_SETSIZE || sched_getaffinity(thread, sizeof allowed, &allowed) != 0) return false;
  if (CPU_COUNT(&allowed) < 2 || !CPU_ISSET(core, &allowed)) return false;
  cpu_set_t wanted = allowed;
  if (to_it) CPU_ZERO(&wanted);
  if (to_it)
    CPU_SET(core, &wanted);
  else
    CPU_CLR(core, &wanted);
  const bool moved = sched_setaffinity(thread, sizeof wanted, &wanted) == 0;
  sched_setaffinity(thread, sizeof allowed, &allowed);
  return moved;
#else
  return false;
#endif
}

int this_thread_number() {
#if defined(__linux__)
  return static_cast<int>(gettid());
#else
  return 0;
#endif
}

/// How long the thread of a clock has run.
std::chrono::nanoseconds time_on_core(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// One call of parallel_for. It lies on the caller's stack; the members without atomics belong to the pool's mutex.
struct Job {
  void (*run)(void*, int64_t);
  void* context;
  int64_t chunks;
  int64_t room;  // workers that may still join
  int core;      // of the caller
  Job* after = nullptr;
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> helpers{0};
  int64_t failed = INT64_MAX;
  std::exception_ptr error = nullptr;
};

/// A thread of the pool, and the job that it has joined. The pool's mutex guards it.
struct Worker {
  int thread = this_thread_number();
  clockid_t clock{};
  Job* job = nullptr;
};

class Pool {
 public:
  void run(Job& job) {
    post(job);
    inside = true;
    work(job);
    inside = false;
    retire(job);
    if (job.error) std::rethrow_exception(job.error);
  }

 private:
  void post(Job& job) {
    int64_t asleep = 0;
    {
      std::lock_guard lock(mutex_);
      while (started_ < job.room && start_worker()) {
      }
      job.after = jobs_;
      jobs_ = &job;
      posted_.fetch_add(1, std::memory_order_release);
      asleep = std::min(sleepers_, job.room);
    }
    for (; asleep > 0; --asleep) wake_.notify_one();
  }

  // Chunks are taken in order, so all before a chunk that throws run: the first that throws is always the same.
  void work(Job& job) {
    for (;;) {
      int64_t chunk = job.next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= job.chunks) return;
      try {
        job.run(job.context, chunk);
      } catch (...) {
        job.next.store(job.chunks, std::memory_order_relaxed);
        std::lock_guard lock(mutex_);
        if (chunk < job.failed) {
          job.failed = chunk;
          job.error = std::current_exception();
        }
      }
    }
  }

  // Waits only for workers that joined; one that never woke up is not missed.
  void retire(Job& job) {
    std::unique_lock lock(mutex_);
    Job** at = &jobs_;
    while (*at != &job) at = &(*at)->after;
    *at = job.after;
    if (job.helpers.load(std::memory_order_relaxed) == 0) return;
    lock.unlock();
    auto done = [&] { return job.helpers.load(std::memory_order_acquire) == 0; };
    if (spin_until(done)) return;
    lock.lock();
    fetch_helpers(job, lock);
    ++waiting_;
    done_.wait(lock, done);
    --waiting_;
  }

  // A worker whose core another process has taken would be waited for until that process has had its time: it goes on
  // here, on the core that this thread is about to leave.
  void fetch_helpers(Job& job, std::unique_lock<std::mutex>& lock) {
    constexpr std::chrono::microseconds glance{10};
    for (size_t w = 0; w < workers_.size(); ++w) {
      if (workers_[w]->job != &job) continue;
      const auto before = time_on_core(workers_[w]->clock);
      lock.unlock();
      spin_until([] { return false; }, glance);
      lock.lock();
      const Worker& worker = *workers_[w];
      if (worker.job == &job && time_on_core(worker.clock) - before < glance / 2)
        move_thread(worker.thread, this_core(), true);
    }
  }

  // Where the system gives no more threads, those that are there do the work.
  bool start_worker() {
    try {
      std::thread([this] { serve(); }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    ++started_;
    return true;
  }

  Job* open_job() {
    for (Job* job = jobs_; job; job = job->after)
      if (job->room > 0 && job->next.load(std::memory_order_relaxed) < job->chunks) return job;
    return nullptr;
  }

  [[noreturn]] void serve() {
    inside = true;
    Worker self;
    pthread_getcpuclockid(pthread_self(), &self.clock);
    std::unique_lock lock(mutex_);
    workers_.push_back(&self);
    for (;;) {
      if (Job* job = open_job()) {
        // On a busy machine the system likes to wake a worker on the core of the thread that woke it, where it would
        // wait for that thread instead of working beside it.
        if (const int core = job->core; core == this_core()) {
          lock.unlock();
          const bool left = move_thread(0, core, false);
          lock.lock();
          if (left) continue;
          job = open_job();
          if (!job) continue;
        }
        --job->room;
        job->helpers.fetch_add(1, std::memory_order_relaxed);
        self.job = job;
        lock.unlock();
        work(*job);
        lock.lock();
        self.job = nullptr;
        // The job may be gone from here on.
        job->helpers.fetch_sub(1, std::memory_order_release);
        if (waiting_ > 0) done_.notify_all();
        continue;
      }
      const uint64_t seen = posted_.load(std::memory_order_relaxed);
      auto changed = [&] { return posted_.load(std::memory_order_acquire) != seen; };
      lock.unlock();
      const bool again = spin_until(changed);
      lock.lock();
      if (again || changed()) continue;
      ++sleepers_;
      wake_.wait(lock, changed);
      --sleepers_;
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  Job* jobs_ = nullptr;
  std::vector<Worker*> workers_;  // that have begun; they never end
  int64_t started_ = 0, sleepers_ = 0, waiting_ = 0;
  std::atomic<uint64_t> posted_{0};
};

// Never destroyed: its workers sleep on it until the process is gone. A child of fork() has none of the workers, so it
// begins a pool of its own.
std::atomic<Pool*> the_pool{nullptr};

Pool& pool() {
  Pool* found = the_pool.load(std::memory_order_acquire);
  if (found) return *found;
  static std::once_flag registered;
  std::call_once(registered, [] {
    the_pool.store(new Pool, std::memory_order_release);
    pthread_atfork(nullptr, nullptr, [] { the_pool.store(new Pool, std::memory_order_release); });
  });
  return *the_pool.load(std::memory_order_acquire);
}

int configured_threads() {
  const char* text = std::getenv("KOINE_THREADS");
  if (!text || !*text) return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  int n = 0;
  const char* end = text + std::strlen(text);
  auto [stop, failure] = std::from_chars(text, end, n);
  if (failure != std::errc() || stop != end || n < 1)
    throw ValueError(cat("KOINE_THREADS must be a positive number, got \"", text, "\""));
  return n;
}

std::atomic<int> chosen_threads{0};

class Scratch {
 public:
  ~Scratch() { ::operator delete(data_, alignment); }
  std::byte* of(int64_t bytes) {
    if (bytes > size_) {
      ::operator delete(data_, alignment);
      size_ = 0;
      data_ = static_cast<std::byte*>(::operator new(static_cast<size_t>(bytes), alignment, std::nothrow));
      if (!data_)
        throw OutOfMemory(cat("[allocate] ", bytes, " bytes requested for one thread's scratch; ",
                              ir::Buffer::live_bytes(), " bytes live, ", ir::Buffer::peak_bytes(),
                              " bytes at the peak"));
      size_ = bytes;
    }
    return data_;
  }

 private:
  static constexpr std::align_val_t alignment{64};
  std::byte* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace

int thread_count() {
  int n = chosen_threads.load(std::memory_order_relaxed);
  if (n > 0) return n;
  static const int configured = configured_threads();
  return configured;
}

void set_thread_count(int n) { chosen_threads.store(n, std::memory_order_relaxed); }

std::byte* thread_scratch(int64_t bytes) {
  thread_local Scratch scratch;
  return scratch.of(bytes);
}

void detail::run_chunks(int64_t chunks, void (*run)(void*, int64_t), void* context) {
  const int64_t threads = chunks > 1 && !inside ? std::min<int64_t>(chunks, thread_count()) : 1;
  if (threads == 1) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) run(context, chunk);
    return;
  }
  Job job{run, context, chunks, threads - 1, this_core()};
  pool().run(job);
}

}  // namespace koine::backend::cpu
