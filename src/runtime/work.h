#pragma once
#include "ir/graph.h"

#include <span>
#include <vector>

/// Pending nodes on their way through a program.
namespace koine::runtime {

/// What tells a computation from others, as numbers; two are the same if all numbers are.
class Key {
 public:
  void clear() { size_ = 0; }
  /// Place for so many more numbers; `end_at` says where they ended.
  uint64_t* room(size_t numbers) {
    if (words_.size() - size_ < numbers) words_.resize(2 * words_.size() + numbers);
    return words_.data() + size_;
  }
  void end_at(const uint64_t* end) { size_ = static_cast<size_t>(end - words_.data()); }
  void push_back(uint64_t number) { end_at(&(*room(1) = number) + 1); }
  std::span<const uint64_t> words() const { return {words_.data(), size_}; }
  uint64_t hash() const;

 private:
  std::vector<uint64_t> words_;
  size_t size_ = 0;
};

/// Pending nodes with the arrays around them.
///
/// The key is made of the counts of nodes and inputs; for each node its attributes and its operands; the types of the
/// inputs; which inputs are donated; which values are outputs. Equal keys are equal graphs, so that a program that was
/// seen before is found without making a graph.
struct Work {
  ir::Component* home = nullptr;
  std::vector<ir::Out*> inputs;   // evaluated values that the nodes read, in order of first use
  std::vector<ir::Out*> outputs;  // outputs that somebody outside holds
  std::vector<uint8_t> donated;   // inputs that nobody else holds
  Key key;
  uint64_t hash = 0;
  // While it runs.
  std::vector<ir::Buffer*> read;        // of the inputs, which keep them
  std::vector<ir::BufferRef> computed;  // of the outputs, and room for more
  Work* next = nullptr;                 // among those that nobody uses
};

/// What came of `describe`.
enum class Ready : uint8_t { yes, not_yet, rather_together };

/// Fills in the rest for the nodes of `work.home`. `not_yet`: an input is being computed by another run.
/// `rather_together`: an input is pending in other work, which has become the same component now.
Ready describe(Work& work);
/// For an array without a value that nothing will compute.
[[noreturn]] void throw_gone(const ir::Out& out);
/// The work as a graph. Nodes that call a graph become its nodes.
ir::GraphRef graph_of(const Work& work);
/// Where a node of that graph comes from: a recorded node, and which one of the graph that it calls.
struct Origin {
  const ir::Node* node = nullptr;
  size_t called = 0;
};
Origin origin_of(const Work& work, size_t node);

}  // namespace koine::runtime
