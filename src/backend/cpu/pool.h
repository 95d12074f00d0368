#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

/// The threads of the process that share the work of the CPU device.
namespace koine::backend::cpu {

/// How many threads work on a parallel_for, the caller among them: KOINE_THREADS, or else the cores that this process
/// may use. Throws ValueError when KOINE_THREADS is no positive number.
int thread_count();
/// From now on n threads, as if KOINE_THREADS said so; 0 returns to what it says. Results do not change.
void set_thread_count(int n);

/// Memory of this thread, aligned to 64 bytes, for what a chunk needs while it runs; it is kept, and valid until the
/// next call on this thread. Throws OutOfMemory.
std::byte* thread_scratch(int64_t bytes);

namespace detail {
void run_chunks(int64_t chunks, void (*run)(void* context, int64_t chunk), void* context);
}

/// Calls f(chunk) for each chunk from 0 to chunks - 1, on the caller and on idle workers, in any order, and returns
/// when all are done. How work is cut into chunks must follow from its shape alone, so that results do not depend on
/// the threads. One chunk, and all chunks of a call inside another parallel_for, run on the caller. Rethrows the
/// exception of the first chunk that threw; chunks after it may not have run.
template <class F>
void parallel_for(int64_t chunks, F&& f) {
  using Function = std::remove_reference_t<F>;
  detail::run_chunks(
      chunks, [](void* context, int64_t chunk) { (*static_cast<Function*>(context))(chunk); },
      const_cast<void*>(static_cast<const void*>(std::addressof(f))));
}

}  // namespace koine::backend::cpu
