#pragma once
#include "backend/cpu/isa.h"
#include "ir/scalar.h"

namespace llvm {
class Value;
class IRBuilderBase;
}  // namespace llvm

namespace koine::backend::cpu::jit {

/// Emits a primitive on vectors of float or double, as math/ defines it for the instruction set. Null when it has none.
llvm::Value* emit_math(Isa isa, scalar::Prim prim, llvm::Value* x, llvm::Value* y);

}  // namespace koine::backend::cpu::jit
