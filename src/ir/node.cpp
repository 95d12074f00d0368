#include "ir/pending.h"

/// The life of nodes.
namespace koine::ir {

uint64_t next_serial() {
  GraphLock lock(graph_mutex());
  return count_serial();
}

void NodePool::make_far(Node* node, size_t operands, size_t outputs) {
  if (operands > Node::near_operands) node->in_ = new Out*[operands];
  if (outputs != 1) node->outs_ = new Out[outputs];
}

void NodePool::give_far(Node* node) noexcept {
  if (node->in_ != node->near_in_) delete[] std::exchange(node->in_, node->near_in_);
  if (node->outs_ != &node->near_out_) delete[] std::exchange(node->outs_, &node->near_out_);
}

void NodePool::grow() {
  constexpr size_t count = 256;
  // Never freed: arrays of the user may live longer than anything else.
  static auto& slabs = *new std::vector<std::unique_ptr<Node[]>>;
  slabs.push_back(std::make_unique<Node[]>(count));
  for (size_t i = count; i-- > 0;) {
    Node* node = &slabs.back()[i];
    node->next_ = std::exchange(free_, node);
  }
}

// A list of the dead instead of recursion: a chain of a million nodes is legal.
void NodePool::destroy_with_operands(Node* node) noexcept {
  static constinit Node* dead = nullptr;
  static constinit bool busy = false;
  if (node->component) {
    if (node->component->running) return;
    leave_component(node);
  }
  node->next_ = std::exchange(dead, node);
  if (busy) return;
  busy = true;
  while (dead) {
    Node* first = std::exchange(dead, dead->next_);
    drop_operands(first);
    give(first);
  }
  busy = false;
}

void release_only(Out* out) noexcept {
  GraphLock lock(graph_mutex());
  if (__atomic_load_n(&out->refs, __ATOMIC_ACQUIRE) == 1)
    __atomic_store_n(&out->refs, 0, __ATOMIC_RELAXED);
  else if (__atomic_sub_fetch(&out->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  NodePool::drop_use(out);
}

void release_last(Out* out) noexcept {
  GraphLock lock(graph_mutex());
  NodePool::drop_use(out);
}

Array revive(Out* out) {
  GraphLock lock(graph_mutex());
  if (__atomic_fetch_add(&out->refs, 1, __ATOMIC_RELAXED) == 0 && out->uses++ == 0) ++out->node->live_outs;
  return Array::adopt(out);
}

Array make_leaf(TypeRef type, BufferRef value, std::source_location where) {
  GraphLock lock(graph_mutex());
  Node* node = NodePool::make(0, {&type, 1}, current_source(where));
  Out& out = node->outs()[0];
  out.value = std::move(value);
  out.ready.store(true, std::memory_order_release);
  return Array::adopt(&out);
}

Array make_placeholder(TypeRef type, const char* transform, std::source_location where) {
  GraphLock lock(graph_mutex());
  Node* node = NodePool::make(0, {&type, 1}, current_source(where));
  node->abstract = true;
  node->slot = 0;
  node->placeholder_of = transform;
  return Array::adopt(&node->outs()[0]);
}

void mark_taped(const Array& x) {
  GraphLock lock(graph_mutex());
  node_of(x)->taped = true;
}

}  // namespace koine::ir
