// The tape of a program as text: what runs one after the other when it is called.
#include "backend/cpu/program.h"

#include "base/format.h"

namespace koine::backend::cpu {

using compile::Step;

namespace {

std::string kernel_text(const compile::Kernel& kernel, const ReadyStep& ready) {
  const Parts& parts = ready.parts;
  std::string text = in_parts(parts.count());
  if (parts.count() > 1) {
    if (parts.parts_of_row == 1)
      text += cat(" of ", parts.rows_of_part, " rows of ", parts.rows);
    else
      text += cat(" of ", parts.columns_of_part, " columns of a row's ", kernel.columns());
  }
  if (ready.spill > 0) text += cat(", ", ready.spill, " bytes of scratch for each");
  return text + "\n" + to_string(ready.passes);
}

}  // namespace

std::string in_parts(int64_t parts) { return parts > 1 ? cat(", ", parts, " parts for threads") : ""; }

std::string to_string(const compile::Schedule& schedule, std::span<const ReadyStep> steps) {
  std::string text;
  size_t kernels = 0;
  for (size_t s = 0; s < steps.size(); ++s) {
    const Step& step = schedule.steps[s];
    text += cat("step ", s, ": ");
    if (step.kernel) {
      text += cat("kernel ", kernels++, kernel_text(*step.kernel, steps[s]));
      continue;
    }
    const char* op = schedule.graph->nodes[step.nodes[0]].op->name;
    if (!steps[s].node) {
      text += cat("the definition of ", op, "\n");
      continue;
    }
    const std::string own = steps[s].node->text();
    text += cat("own kernel of ", op, own.empty() ? "" : ": ", own, "\n");
  }
  return text;
}

}  // namespace koine::backend::cpu
