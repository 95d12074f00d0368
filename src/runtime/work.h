#pragma once
#include "ir/graph.h"

#include <cstring>
#include <span>
#include <vector>

/// Pending nodes on their way through a program.
namespace koine::runtime {

/// What tells a computation from others, as numbers; two are the same if all numbers are. It is hashed as it grows:
/// what was just written is slow to read at another width.
class Key {
 public:
  using Number = uint32_t;
  void clear() {
    size_ = 0;
    hash_ = 0;
  }
  /// Place for so many more numbers; `end_at` says where they ended, and what follows from them, for the hash.
  Number* room(size_t numbers) {
    if (numbers_.size() - size_ < numbers) numbers_.resize(2 * numbers_.size() + numbers);
    return numbers_.data() + size_;
  }
  void end_at(const Number* end, uint64_t content) {
    size_ = static_cast<size_t>(end - numbers_.data());
    __extension__ typedef unsigned __int128 uint128;
    const uint128 product = static_cast<uint128>(hash_ ^ content) * 0x9e3779b97f4a7c15u;
    hash_ = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  /// Two numbers for one of 64 bits; gives the place behind them.
  static Number* put(Number* to, uint64_t wide) {
    std::memcpy(to, &wide, sizeof wide);
    return to + 2;
  }
  void add(uint64_t wide) { end_at(put(room(2), wide), wide); }
  std::span<const Number> numbers() const { return {numbers_.data(), size_}; }
  uint64_t hash() const { return hash_; }

 private:
  std::vector<Number> numbers_;
  size_t size_ = 0;
  uint64_t hash_ = 0;
};

/// Pending nodes with the arrays around them.
///
/// The key is made of the attributes and operands of each node; the types of the inputs; which of them are donated;
/// which values are outputs; the counts of nodes, inputs and outputs. Equal keys are equal graphs, so that a program
/// that was seen before is found without making a graph.
struct Work {
  ir::Component* home = nullptr;
  std::vector<ir::Out*> inputs;   // evaluated values that the nodes read, in order of first use
  std::vector<ir::Out*> outputs;  // outputs that somebody outside holds
  std::vector<uint8_t> donated;   // inputs that nobody else holds
  Key key;
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
