#pragma once
#include "ir/graph.h"

#include <vector>

/// Pending nodes on their way through a program.
namespace koine::runtime {

/// Pending nodes with the arrays around them, and what tells them apart as a computation.
///
/// `key` is the nodes as numbers: counts of nodes and inputs; for each node its attributes and its operands; the types
/// of the inputs; which inputs are donated; which values are outputs. Equal keys are equal graphs, so that a program
/// that was seen before is found without making a graph.
struct Work {
  std::vector<ir::Node*> nodes;   // operands before users
  std::vector<ir::Out*> inputs;   // evaluated values that the nodes read, in order of first use
  std::vector<ir::Out*> outputs;  // outputs that somebody outside holds
  std::vector<uint8_t> donated;   // inputs that nobody else holds
  std::vector<uint64_t> key;
  uint64_t hash = 0;
};

/// What came of `describe`.
enum class Ready : uint8_t { yes, not_yet, rather_together };

/// Fills in the rest for `work.nodes`. `not_yet`: an input is being computed by another run. `rather_together`: an
/// input is pending in other work, which is joined now.
Ready describe(Work& work);
/// For an array without a value that nothing will compute.
[[noreturn]] void throw_gone(const ir::Out& out);
/// The work as a graph.
ir::GraphRef graph_of(const Work& work);

}  // namespace koine::runtime
