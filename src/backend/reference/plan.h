#pragma once
#include "ir/graph.h"

namespace koine::backend {

inline constexpr uint32_t no_slot = UINT32_MAX;

/// Where the values of a graph live while it runs.
struct Plan {
  ir::GraphRef graph;
  std::vector<uint32_t> slot;               // per value: a slot, or no_slot for an input or a value nobody reads
  std::vector<int64_t> slot_bytes;          // per slot
  std::vector<uint32_t> input_of;           // per slot: the donated input it takes over, or no_slot
  std::vector<std::vector<int64_t>> shape;  // per value
};

/// Assigns slots: memory is reused after the last use of a value, and results take over their operand where the op
/// allows it. Donated inputs are taken over only if no kernel of the graph can fail.
Plan make_plan(const ir::GraphRef& graph, const std::vector<uint8_t>& donated);

}  // namespace koine::backend
