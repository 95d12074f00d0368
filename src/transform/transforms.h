#pragma once
#include "ir/graph.h"

/// Transforms: functions from graph to graph. Results are remembered per graph.
namespace koine::transform {

/// One flag an input (or output) of a graph.
using Mask = std::vector<uint8_t>;

/// Reverse mode. Inputs: those of the graph, then a cotangent for each output that is floating or complex.
/// Outputs: those of the graph, then a cotangent for each input in `wrt`. The first nodes are the graph's own,
/// so that a recorded forward pass can be shared. Throws NotDifferentiable with op and line.
ir::GraphRef vjp(const ir::GraphRef& graph, const Mask& wrt);

/// Forward mode. Inputs: those of the graph, then a tangent for each input in `wrt`. Outputs: those of the graph,
/// then a tangent for each output that is floating or complex. The first nodes are the graph's own.
ir::GraphRef jvp(const ir::GraphRef& graph, const Mask& wrt);

/// Batching. Inputs in `batched` and all outputs get an axis of length `size` in front.
ir::GraphRef vmap(const ir::GraphRef& graph, const Mask& batched, Dim size);

/// The recorded values of a joint graph (vjp or jvp) over a forward pass that is recorded already:
/// `primal` are its arrays (inputs first), `extra` the additional inputs. Returns the additional outputs.
ir::Arrays replay_joint(const ir::Graph& joint, const ir::Graph& graph, std::span<const Array> primal,
                        std::span<const Array> extra, std::source_location where);

}  // namespace koine::transform
