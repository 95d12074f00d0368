#pragma once
#include "backend/cpu/isa.h"
#include "compile/kernel.h"
#include "compile/passes.h"

#include <memory>

namespace koine::backend::cpu {

/// What a kernel's function is called with. Steps are in bytes, one for each load and then each store.
struct Frame {
  std::byte* const* at;         // the first row's first column
  const int64_t* row_steps;     // from a row to the next
  const int64_t* fold_steps;    // from a folded row to the next
  const int64_t* column_steps;  // from a column to the next
  int64_t rows, columns, folded;
  std::byte* scratch;  // spill_bytes(kernel, columns) of it
};
using Function = void (*)(const Frame* frame);

/// Machine code in memory, for as long as somebody holds it.
struct Code {
  virtual ~Code() = default;
  Function function = nullptr;
};
using CodeRef = std::shared_ptr<const Code>;

enum class Effort : uint8_t {
  found,  // what this process has, or what is kept on disk
  made    // or what the compiler makes of it, which is then kept
};
/// The code of a kernel, the same for all of its like; null when there is none. May be called from several threads.
CodeRef code_of(const compile::Kernel& kernel, const compile::Passes& passes, Isa isa, Effort effort);

/// How many are kept for kernels that no program holds.
inline constexpr int64_t most_codes = 4096;

/// Gives up the code of kernels that no program holds.
void forget_unused_code();

/// What happened to the machine code so far.
struct CodeStats {
  int64_t compiled = 0, loaded = 0;  // since the process began
  int64_t held = 0;                  // now
};
CodeStats code_stats();

/// The memory for values that are kept from a pass to a later one.
inline int64_t spill_bytes(const compile::Passes& passes, int64_t columns) {
  return static_cast<int64_t>(passes.spills.size()) * (columns + 64) * 8;
}

}  // namespace koine::backend::cpu
