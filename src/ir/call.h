#pragma once
#include "ir/graph.h"
#include "ir/node.h"

/// A graph that is called as a whole: one pending node, however large the graph is. A program that it becomes part of
/// holds the graph's own nodes.
namespace koine::ir {

/// The attributes of nodes that call this graph; equal graphs have the same.
AttrRef call_of(const GraphRef& graph);
/// Records a call; gives nothing when the nodes themselves have to be recorded, because a transform follows them.
Arrays record_call(const AttrRef& call, std::span<Out* const> in, std::source_location where);
/// The graph that a node calls, or null.
const Graph* called_graph(const Node& node);

}  // namespace koine::ir
