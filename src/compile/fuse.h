#pragma once
#include "compile/kernel.h"
#include "compile/view.h"
#include "ir/graph.h"

#include <optional>

namespace koine::compile {

/// One thing to run: a fused kernel, whose buffers are the step's operands and then its results, or a node that the
/// device has something of its own for. Results are dense.
struct Step {
  std::optional<Kernel> kernel;
  std::vector<uint32_t> nodes;  // that it stands for; one without a kernel
  std::vector<View> in;         // dense for a node, unless the device takes views; a kernel's loads say how it walks
  std::vector<ir::ValueId> out;
};

struct Schedule {
  ir::GraphRef graph;
  std::vector<ir::TypeRef> types;  // of the graph's values, then of copies made for nodes
  std::vector<Step> steps;
  std::vector<ir::ValueId> outputs;  // per output of the graph, the value with its elements in their order
};

/// Whether the device's own kernel for a node takes operands with these strides.
using TakesViews = bool (*)(const ir::Graph& graph, const ir::GraphNode& node, std::span<const Ints> strides);

/// The graph as steps in an order in which they can run. Every element is computed once, by the same instructions
/// wherever it is fused.
Schedule fuse(const ir::GraphRef& graph, TakesViews takes_views);

std::string to_string(const Schedule& schedule);

}  // namespace koine::compile
