#pragma once
#include "base/narrow.h"
#include "ir/node.h"

/// How nodes come and go. The graph lock is held by every caller.
namespace koine::ir {

// Written under the lock only, so that a node costs no atomic addition.
inline constinit std::atomic<uint64_t> last_serial{0};
inline uint64_t count_serial() {
  uint64_t serial = last_serial.load(std::memory_order_relaxed) + 1;
  last_serial.store(serial, std::memory_order_relaxed);
  return serial;
}

/// How many threads have a tape.
inline constinit uint32_t running_tapes = 0;

/// Makes nodes and takes them back. Those that died are used again: recording asks the system for nothing.
class NodePool {
 public:
  /// A node without an op and with room for so many operands. Each output counts one handle, which the caller adopts.
  static Node* make(size_t operands, std::span<const TypeRef> types, std::source_location where) {
    Node* node = take(where);
    node->op = nullptr;
    node->abstract = node->taped = false;
    node->out_count_ = node->live_outs = narrow<uint32_t>(types.size());
    if (operands > Node::near_operands || types.size() != 1) make_far(node, operands, types.size());
    for (size_t i = 0; i < types.size(); ++i) begin(node->outs_[i], node, types[i]);
    return node;
  }
  /// A node of an op with one output and at most `near_operands` operands.
  static Node* make_near(const OpSpec& op, const AttrRef& attrs, std::span<Out* const> in, TypeRef type,
                         std::source_location where) {
    Node* node = take(where);
    node->op = &op;
    node->attrs = attrs;
    bool abstract = !type->concrete, taped = false;
    for (size_t i = 0; i < in.size(); ++i) {
      Out* operand = in[i];
      ++operand->uses;
      abstract |= operand->node->abstract;
      taped |= operand->node->taped;
      node->near_in_[i] = operand;
    }
    node->in_count_ = narrow<uint32_t>(in.size());
    node->abstract = abstract;
    node->taped = taped && running_tapes != 0;
    node->out_count_ = node->live_outs = 1;
    begin(node->near_out_, node, type);
    return node;
  }
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
    if (--out->uses != 0) return;
    Node* node = out->node;
    if (--node->live_outs == 0) destroy(node);
  }
  /// Frees a node that has no uses, at once or, if its program runs, by `end_run`.
  static void destroy(Node* node) noexcept {
    if (node->component || node->in_count_ != 0) return destroy_with_operands(node);
    give(node);
  }

 private:
  static Node* take(std::source_location where) {
    if (!free_) grow();
    Node* node = std::exchange(free_, free_->next_);
    node->serial = count_serial();
    node->where = where;
    return node;
  }
  static void begin(Out& out, Node* node, TypeRef type) {
    out.refs = out.uses = 1;
    out.node = node;
    out.type = type;
  }
  static void give(Node* node) noexcept {
    node->attrs.reset();
    node->placeholder_of = nullptr;
    if (node->in_ != node->near_in_ || node->outs_ != &node->near_out_) give_far(node);
    node->near_out_.value.reset();
    node->near_out_.ready.store(false, std::memory_order_relaxed);
    node->next_ = std::exchange(free_, node);
  }
  static void destroy_with_operands(Node* node) noexcept;
  static void make_far(Node* node, size_t operands, size_t outputs);
  static void give_far(Node* node) noexcept;
  static void grow();

  static inline constinit Node* free_ = nullptr;
};

/// An empty one.
Component* new_component();
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
  constexpr int cut_bits = 8;
  constexpr int64_t most_bytes = int64_t{4} << 30;
  if (component.bytes > most_bytes) return true;
  size_t size = component.live + component.called;
  return size >= long_enough && (component.rolling >> (64 - cut_bits) == 0 || size >= longest);
}
/// Every op is evaluated at its call (KOINE_EAGER).
extern const bool eager;
inline constinit thread_local int body_depth = 0;
/// The node is to be evaluated at once. Inside a body values stay unknown even where they could be known: they are part
/// of the graph.
inline bool is_due(const Node* node) {
  return node->component && (eager || should_cut(*node->component)) && body_depth == 0;
}

[[gnu::always_inline]] inline void add_to(Component& component, Node* node, int64_t bytes) {
  node->component = &component;
  node->slot = narrow<uint32_t>(component.nodes.size());
  component.nodes.push_back(node);
  ++component.live;
  component.rolling = (component.rolling + node->attrs->hash) * 0x9e3779b97f4a7c15u;
  component.bytes += bytes;
}
/// Adds a node with these operands to the pending work that they belong to.
[[gnu::always_inline]] inline void join_component(Node* node, std::span<Out* const> in, int64_t bytes) {
  Component* home = nullptr;
  for (Out* operand : in) {
    Component* other = operand->node->component;
    if (!other || other == home || other->running) continue;
    home = home ? merge(home, other) : other;
  }
  add_to(home ? *home : *new_component(), node, bytes);
}
/// The bytes of all its outputs.
int64_t bytes_of(Node* node);

/// Records a node of an op whose types are known, pending unless it is abstract.
Node* add_node(const OpSpec& op, const AttrRef& attrs, std::span<Out* const> in, std::span<const TypeRef> types,
               std::source_location where);
/// The arrays that adopt the handles of a new node.
Arrays handles_of(Node* node);

/// Brings the nodes into order, operands before users, with no gaps.
void settle_order(Component& component);
/// The nodes have their values; operands are dropped unless history is kept. The component is gone.
void end_run(Component* component);
/// The nodes are pending as before, without those that died meanwhile.
void fail_run(Component* component);
/// Gives up the lock until some run has ended.
void wait_for_a_run();

/// A tape that is active on this thread takes a node, with its operands, into its history.
bool keep_history(Node* node);

}  // namespace koine::ir
