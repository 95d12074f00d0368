#include "backend/cpu/code.h"

/// Of a build without LLVM.
namespace koine::backend::cpu {

CodeRef code_of(const compile::Kernel&, const compile::Passes&, Isa, Effort) { return nullptr; }
void forget_unused_code() {}
CodeStats code_stats() { return {}; }

}  // namespace koine::backend::cpu
