#pragma once
#include "ir/node.h"

/// How nodes come and go. The graph lock is held by every caller.
namespace koine::ir {

/// Makes nodes and takes them back. Those that died are used again: recording asks the system for nothing.
class NodePool {
 public:
  /// A node without an op and with room for so many operands. Each output counts one handle, which the caller adopts.
  static Node* make(size_t operands, std::span<const TypeRef> types, std::source_location where);
  static void add_operand(Node* node, Out* operand) {
    node->in_[node->in_count_++] = operand;
    ++operand->uses;
    node->abstract |= operand->node->abstract;
    node->taped |= operand->node->taped;
  }
  static void drop_operands(Node* node) {
    uint32_t count = std::exchange(node->in_count_, 0);
    for (uint32_t i = 0; i < count; ++i) drop_use(node->in_[i]);
  }
  /// Ends one use. A node goes with the last use of its last output, and so do operands that nobody else has.
  static void drop_use(Out* out) {
    if (--out->uses == 0 && --out->node->live_outs == 0) destroy(out->node);
  }
  /// Frees a node that has no uses, at once or, if its program runs, by `end_run`.
  static void destroy(Node* node) noexcept;

 private:
  static void make_far(Node* node, size_t operands, size_t outputs);
  static void grow();
  static void give(Node* node) noexcept;

  static constinit Node* free_;
};

/// Adds a node with operands to the pending work that these belong to.
void join_component(Node* node);
/// All pending nodes of both become one component.
Component* merge(Component* a, Component* b);
/// Moves pending nodes, operands before users, to a component of their own.
Component* split(std::span<Node* const> nodes);
/// Takes a node out of its component.
void leave_component(Node* node);
// Pending work is cut when it is long and its content hash says so, so that a loop that repeats is always cut at the
// same place of its body; at the latest when it is very long or large.
inline bool should_cut(const Component& component) {
  constexpr size_t long_enough = 4096, longest = 16384;
  constexpr uint64_t cut_mask = 0xff;
  constexpr int64_t most_bytes = int64_t{4} << 30;
  if (component.bytes > most_bytes) return true;
  size_t size = component.live + component.called;
  return size >= long_enough && ((component.rolling & cut_mask) == 0 || size >= longest);
}
/// The node is to be evaluated at once: by the size of its component, or because every node is.
bool is_due(const Node* node);

/// Brings the nodes into order, operands before users, with no gaps.
void settle_order(Component& component);
/// The nodes have their values; operands are dropped unless history is kept. The component is gone.
void end_run(Component* component);
/// The nodes are pending as before, without those that died meanwhile.
void fail_run(Component* component);
/// Gives up the lock until some run has ended.
void wait_for_a_run();

/// How many threads have a tape.
inline constinit uint32_t running_tapes = 0;
/// A tape that is active on this thread takes a node, with its operands, into its history.
bool keep_history(Node* node);

}  // namespace koine::ir
