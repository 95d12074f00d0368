#pragma once
#include "backend/cpu/isa.h"
#include "compile/kernel.h"
#include "compile/passes.h"

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

/// The function of a kernel, made when there is none for its like; null when it cannot be made. Functions stay as long
/// as the process. May be called from several threads.
Function function_of(const compile::Kernel& kernel, const compile::Passes& passes, Isa isa);

/// How many functions were made.
int64_t made_functions();

/// The memory for values that are kept from a pass to a later one.
inline int64_t spill_bytes(const compile::Passes& passes, int64_t columns) {
  return static_cast<int64_t>(passes.spills.size()) * (columns + 64) * 8;
}

}  // namespace koine::backend::cpu
