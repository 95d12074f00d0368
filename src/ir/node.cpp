#include "ir/node.h"

#include "ir/pending.h"

namespace koine::ir {

/// Nodes that died are used again: recording asks the system for nothing.
class NodePool {
 public:
  Node* take(size_t operands, size_t outputs) {
    if (!free_) grow();
    Node* node = free_;
    free_ = next(node);
    node->outs_ = &node->near_out_;
    if (operands > std::size(node->near_in_)) {
      node->far_in_ = std::make_unique<Out*[]>(operands);
      node->in_ = node->far_in_.get();
    }
    if (outputs != 1) {
      node->far_outs_ = std::make_unique<Out[]>(outputs);
      node->outs_ = node->far_outs_.get();
    }
    node->out_count_ = static_cast<uint32_t>(outputs);
    return node;
  }
  void give(Node* node) noexcept {
    node->op = nullptr;
    node->attrs.reset();
    node->visited = 0;
    node->abstract = node->taped = false;
    node->placeholder_of = nullptr;
    if (node->far_in_) {
      node->far_in_.reset();
      node->in_ = node->near_in_;
    }
    node->far_outs_.reset();
    node->near_out_.value.reset();
    node->near_out_.ready.store(false, std::memory_order_relaxed);
    node->near_out_.mark = 0;
    next(node) = free_;
    free_ = node;
  }

 private:
  // A free node has no outputs, so their place serves as the link.
  static Node*& next(Node* node) { return node->near_out_.node; }
  void grow() {
    constexpr size_t count = 256;
    slabs_.push_back(std::make_unique<Node[]>(count));
    for (size_t i = count; i-- > 0;) {
      next(&slabs_.back()[i]) = free_;
      free_ = &slabs_.back()[i];
    }
  }

  std::vector<std::unique_ptr<Node[]>> slabs_;
  Node* free_ = nullptr;
};

namespace {

// Never destroyed: arrays of the user may live longer than anything else.
NodePool& pool() {
  static NodePool& nodes = *new NodePool;
  return nodes;
}

std::atomic<uint64_t> last_serial{0};

// A queue instead of recursion: a chain of a million nodes is legal.
void destroy(Node* node) noexcept {
  static std::vector<Node*>& queue = *new std::vector<Node*>;
  static bool busy = false;
  queue.push_back(node);
  if (busy) return;
  busy = true;
  while (!queue.empty()) {
    Node* dead = queue.back();
    queue.pop_back();
    if (dead->component) leave_component(dead);
    drop_operands(dead);
    pool().give(dead);
  }
  busy = false;
}

}  // namespace

// Written under the lock only, so that a node costs no atomic addition.
uint64_t next_serial() {
  GraphLock lock(graph_mutex());
  uint64_t serial = last_serial.load(std::memory_order_relaxed) + 1;
  last_serial.store(serial, std::memory_order_relaxed);
  return serial;
}

Node* new_node(size_t operands, std::span<const TypeRef> types, std::source_location where) {
  Node* node = pool().take(operands, types.size());
  node->serial = next_serial();
  node->where = where;
  node->live_outs = static_cast<uint32_t>(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    Out& out = node->outs_[i];
    out.refs = out.uses = 1;
    out.node = node;
    out.type = types[i];
  }
  return node;
}

void add_operand(Node* node, Out* operand) {
  node->in_[node->in_count_++] = operand;
  ++operand->uses;
  node->abstract |= operand->node->abstract;
  node->taped |= operand->node->taped;
}

void drop_operands(Node* node) {
  uint32_t count = std::exchange(node->in_count_, 0);
  for (uint32_t i = 0; i < count; ++i) drop_use(node->in_[i]);
}

void drop_use(Out* out) {
  if (--out->uses == 0 && --out->node->live_outs == 0) free_if_dead(out->node);
}

void free_if_dead(Node* node) {
  if (node->live_outs == 0 && !node->running) destroy(node);
}

void release_last(Out* out) noexcept {
  GraphLock lock(graph_mutex());
  drop_use(out);
}

Array revive(Out* out) {
  GraphLock lock(graph_mutex());
  if (__atomic_fetch_add(&out->refs, 1, __ATOMIC_RELAXED) == 0 && out->uses++ == 0) ++out->node->live_outs;
  return Array::adopt(out);
}

Array make_leaf(TypeRef type, BufferRef value, std::source_location where) {
  GraphLock lock(graph_mutex());
  Node* node = new_node(0, {&type, 1}, current_source(where));
  Out& out = node->outs()[0];
  out.value = std::move(value);
  out.ready.store(true, std::memory_order_release);
  return Array::adopt(&out);
}

Array make_placeholder(TypeRef type, const char* transform, std::source_location where) {
  GraphLock lock(graph_mutex());
  Node* node = new_node(0, {&type, 1}, current_source(where));
  node->abstract = true;
  node->placeholder_of = transform;
  return Array::adopt(&node->outs()[0]);
}

void mark_taped(const Array& x) {
  GraphLock lock(graph_mutex());
  node_of(x)->taped = true;
}

}  // namespace koine::ir
