#pragma once
#include "compile/group.h"

namespace koine::compile {

/// Values that only later groups read are computed there again, where that takes less time than to store and load them:
/// an elementwise chain from values that are in memory anyway costs little, and it is memory that fused loops wait for.
/// The bits are the same, since the instructions are. `needed` are the values that nodes or callers read.
void recompute(std::vector<Group>& groups, const std::vector<uint8_t>& needed);

}  // namespace koine::compile
