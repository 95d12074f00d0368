#pragma once
#include "backend/cpu/isa.h"

#include <koine/dtype.h>

#include <llvm/IR/IRBuilder.h>

/// float16 and bfloat16 as kernels have them: 16 bits in memory, rounded float32 in registers. Values may be vectors.
namespace koine::backend::cpu::jit {

/// 16 bits as the float32 they stand for.
llvm::Value* widened_half(llvm::IRBuilder<>& b, Isa isa, DType dtype, llvm::Value* bits);
/// float32 rounded to the nearest half, ties to even, as its 16 bits.
llvm::Value* half_bits(llvm::IRBuilder<>& b, Isa isa, DType dtype, llvm::Value* number);

}  // namespace koine::backend::cpu::jit
