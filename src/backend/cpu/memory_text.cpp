#include "backend/cpu/memory.h"

#include "base/format.h"

namespace koine::backend::cpu {

using ir::TypeRef;
using ir::ValueId;

namespace {

/// Whose memory it is, in words; a result over an input has the input's.
std::string memory_of(const MemoryPlan& plan, ValueId v) {
  const Home& home = plan.home[v];
  const auto at = static_cast<size_t>(home.at);
  switch (home.in) {
    case Home::In::nowhere:
      return "nowhere";
    case Home::In::input:
      return cat("input ", home.at);
    case Home::In::result:
      if (at < plan.result_input.size() && plan.result_input[at] >= 0) return cat("input ", plan.result_input[at]);
      return cat("result ", home.at);
    case Home::In::arena:
      return cat("arena at ", home.at);
  }
  __builtin_unreachable();
}

}  // namespace

std::string to_string(const MemoryPlan& plan, const compile::Schedule& schedule,
                      const std::vector<int64_t>& scratch_bytes) {
  std::string text = cat("arena of ", plan.arena_bytes, " bytes\n");
  const std::vector<Lifetime> lifetimes = lifetimes_of(schedule);
  const auto steps = static_cast<int64_t>(schedule.steps.size());
  // Also of a plan in which something is wrong.
  auto add = [&](ValueId v) {
    if (v >= plan.home.size()) return;
    const TypeRef type = schedule.types[v];
    const Home& home = plan.home[v];
    const auto [made, last] = lifetimes[v];
    text += cat("  %", v, " : ", to_string(*type), ", ", memory_of(plan, v), ", ",
                type->count * static_cast<int64_t>(size_of(type->dtype)), " bytes");
    if (home.in == Home::In::result && memory_of(plan, v).starts_with("input")) text += cat(", is result ", home.at);
    text += made < 0 ? ", from the start" : cat(", from step ", made);
    text += last == steps ? " to the end" : last < 0 ? ", never read" : cat(" to step ", last);
    if (made < 0) return void(text += "\n");
    for (const compile::View& view : schedule.steps[static_cast<size_t>(made)].in)
      if (view.base < plan.home.size() && lifetimes[view.base].last == made &&
          memory_of(plan, view.base) == memory_of(plan, v)) {
        text += cat(", over %", view.base);
        break;
      }
    text += "\n";
  };
  text += "inputs\n";
  for (ValueId v = 0; v < schedule.graph->input_count; ++v) add(v);
  for (size_t s = 0; s < schedule.steps.size(); ++s) {
    text += cat("step ", s);
    if (scratch_bytes[s] > 0 && s < plan.scratch.size())
      text += cat(", scratch of ", scratch_bytes[s], " bytes in the arena at ", plan.scratch[s]);
    text += "\n";
    for (ValueId v : schedule.steps[s].out) add(v);
  }
  return text;
}

}  // namespace koine::backend::cpu
