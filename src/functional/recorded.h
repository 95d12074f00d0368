#pragma once
#include "ir/graph.h"
#include "transform/transforms.h"

#include <koine/detail/functional.h>

#include <atomic>

namespace koine::detail {

/// A function that was recorded on its leaves.
struct Recorded {
  std::atomic<int> count{1};
  ir::GraphRef graph;  // inputs: the leaves flagged in `taken`, then what was reached from outside
  ir::Arrays primal;   // the recorded values, for a pullback
  ir::Arrays outside;
  Flags taken;       // per leaf
  Flags given;       // per result of the function: not empty, so an output of the graph
  ir::AttrRef call;  // the graph as one node, for `replay`
};

/// Calls f with placeholders for the leaves of these types (null: an empty leaf) and captures the graph. With `given`
/// some results may be empty; they are no outputs of the graph.
ir::Captured trace_leaves(const Callable& f, const std::vector<ir::TypeRef>& types, const char* transform,
                          std::source_location where, Flags* given = nullptr);
/// The results of such a function, the empty ones in their places.
List with_empty(List results, const Flags& given);
std::vector<ir::TypeRef> types_of(const List& leaves);
/// The defined leaves.
ir::Arrays defined(const List& leaves);
/// Throws ValueError when a function returned an empty array.
void require_defined(const List& results, const char* transform, std::source_location where);

}  // namespace koine::detail
