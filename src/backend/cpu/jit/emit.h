#pragma once
#include "backend/cpu/code.h"
#include "compile/kernel.h"
#include "compile/passes.h"

#include <string>

namespace llvm {
class Module;
}

namespace koine::backend::cpu::jit {

/// The hash of all files by which code is made of kernels; the build defines it.
extern const char* const emitter_sources;

/// What a function depends on: all of a kernel but its sizes and strides, of which only 0 and 1 along the columns
/// count.
std::string key_of(const compile::Kernel& kernel);
/// Adds the function `name` of type Function. False when the kernel has something that cannot be emitted yet:
/// powers of integers.
bool emit(const compile::Kernel& kernel, const compile::Passes& passes, Isa isa, const char* name,
          llvm::Module& module);
}  // namespace koine::backend::cpu::jit
