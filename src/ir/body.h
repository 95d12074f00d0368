#pragma once
#include "ir/graph.h"

/// Bodies of composites as graphs.
namespace koine::ir {

/// The graph of a composite's body, traced once per attributes and operand types and kept in a bounded cache.
GraphRef body_graph(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> types);

}  // namespace koine::ir
