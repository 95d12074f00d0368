#pragma once
#include "compile/fuse.h"

namespace koine::backend::cpu {

/// Where a value lives while a program runs.
struct Home {
  enum class In : uint8_t { nowhere, input, result, arena } in = In::nowhere;
  int64_t at = 0;  // number of the input or result, or offset in the arena
};

/// Where the values of a schedule live. Values that callers get have memory of their own; the others share one arena
/// by their lifetimes. A step writes over an operand that nobody reads again where its kernel allows it.
struct MemoryPlan {
  std::vector<Home> home;             // per value of the schedule
  std::vector<ir::ValueId> results;   // the values with memory of their own
  std::vector<int64_t> result_input;  // per result: the donated input whose memory it takes over, or -1
  std::vector<int64_t> scratch;       // per step: the offset of its scratch memory in the arena
  int64_t arena_bytes = 0;
};

/// `scratch_bytes` is per step; donated inputs may be written to from step `safe_from` on.
MemoryPlan plan_memory(const compile::Schedule& schedule, const std::vector<uint8_t>& donated,
                       const std::vector<int64_t>& scratch_bytes, size_t safe_from);

}  // namespace koine::backend::cpu
