#pragma once
#include "compile/kernel.h"
#include "compile/passes.h"

namespace koine::backend::cpu {

/// A part of a kernel's domain: rows of the axes before the columns (before the folded rows of a column fold), in
/// order, and columns of each.
struct Part {
  int64_t first_row, last_row, first_column, last_column;
};

/// Runs a part of a kernel instruction by instruction over blocks of columns. A part of a row fold has all columns.
void interpret(const compile::Kernel& kernel, const compile::Passes& passes, std::byte* const* buffers,
               const Part& part);

}  // namespace koine::backend::cpu
