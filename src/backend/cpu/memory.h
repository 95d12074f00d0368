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

/// When a value is in memory: from the step that makes it, -1 for inputs, to the last one that reads it. Outputs are
/// read after all steps; what nobody reads lives while it is made.
struct Lifetime {
  int64_t made = -1, last = -1;
};
/// Per value of the schedule.
std::vector<Lifetime> lifetimes_of(const compile::Schedule& schedule);

/// `scratch_bytes` is per step; donated inputs may be written to from step `safe_from` on.
MemoryPlan plan_memory(const compile::Schedule& schedule, const std::vector<uint8_t>& donated,
                       const std::vector<int64_t>& scratch_bytes, size_t safe_from);

/// Throws Error "[verify] step 3: what is wrong", with the plan's text, unless whatever is alive at a step has memory
/// of its own. The one exception: a result may lie over an operand that the step reads last, element by element at the
/// same place. Inputs are written to only where they are donated, from step `safe_from` on.
void verify(const MemoryPlan& plan, const compile::Schedule& schedule, const std::vector<uint8_t>& donated,
            const std::vector<int64_t>& scratch_bytes, size_t safe_from);

/// Where each value lives and how long, and what takes over whose memory.
std::string to_string(const MemoryPlan& plan, const compile::Schedule& schedule,
                      const std::vector<int64_t>& scratch_bytes);

}  // namespace koine::backend::cpu
