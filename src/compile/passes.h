#pragma once
#include "compile/kernel.h"

#include <span>

namespace koine::compile {

/// A kernel's instructions by the pass over the columns that needs them.
struct Passes {
  struct Pass {
    std::vector<uint16_t> row;      // values of the row, made before the pass
    std::vector<uint16_t> wide;     // values for every column: loads are made again in each pass that uses them
    std::vector<uint16_t> folds;    // whose operands are folded
    std::vector<uint16_t> spilled;  // made here and used in a later pass: kept for all columns
    std::vector<uint16_t> stores;   // places in Kernel::stores of wide values
  };
  std::vector<Pass> passes;
  std::vector<uint16_t> row;     // values of the row made after the last pass
  std::vector<uint16_t> stores;  // of values of the row, after the last pass
  std::vector<uint16_t> spills;  // all values that are kept for all columns
};

Passes passes_of(const Kernel& kernel);
/// A line for each pass: the instructions that it runs, what it keeps for later ones, and which stores it makes.
std::string to_string(const Passes& passes);

/// The operands of an instruction that are instructions.
std::span<const uint16_t> operands_of(const Instr& instr, uint16_t (&room)[3]);

}  // namespace koine::compile
