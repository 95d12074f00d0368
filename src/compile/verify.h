#pragma once
#include "compile/fuse.h"

namespace koine::compile {

/// Throws Error "[verify] step 3: what is wrong", with the schedule's text, when the schedule is malformed: when a step
/// reads what no earlier one makes, a value is made twice, a kernel's instructions do not fit each other, memory
/// outside of a value is reached, or not every element of a result is stored, once.
void verify(const Schedule& schedule);

/// Whether programs are verified before and after each pass: KOINE_VERIFY=1 says so.
bool verifying();

}  // namespace koine::compile
