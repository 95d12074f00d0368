#pragma once
#include "ir/graph.h"

namespace koine::backend {

/// Whether a kernel of the node, or of a graph that it holds, can throw on the values of its operands.
bool can_fail(const ir::Graph& graph, const ir::GraphNode& node);
bool can_fail(const ir::Graph& graph);

}  // namespace koine::backend
