#include "ir/pending.h"

#include "base/hash.h"

#include <algorithm>

/// Pending work: what is connected is evaluated together.
namespace koine::ir {

namespace {

// Pending work is cut when it is long and its content hash says so, so that a loop that repeats is
// always cut at the same place of its body; at the latest after `longest`.
constexpr uint32_t long_enough = 4096, longest = 16384;
constexpr uint64_t cut_mask = 0xff;
constexpr int64_t most_bytes = int64_t{4} << 30;

std::vector<std::unique_ptr<Component>>& spare_components() {
  static auto& spare = *new std::vector<std::unique_ptr<Component>>;
  return spare;
}

Component* new_component() {
  auto& spare = spare_components();
  if (spare.empty()) return new Component;
  Component* component = spare.back().release();
  spare.pop_back();
  return component;
}

void give_back(Component* component) {
  component->nodes.clear();
  component->live = 0;
  component->rolling = 0;
  component->bytes = 0;
  component->sorted = true;
  spare_components().emplace_back(component);
}

void add(Component& component, Node* node) {
  node->component = &component;
  node->slot = static_cast<uint32_t>(component.nodes.size());
  component.nodes.push_back(node);
  ++component.live;
  component.rolling = hash_combine(component.rolling, node->attrs->hash);
  for (const Out& out : node->outs()) component.bytes += out.type->bytes;
}

std::atomic<uint32_t> ended_runs{0};
uint32_t waiting = 0;

void tell_waiting() {
  if (waiting == 0) return;
  ended_runs.fetch_add(1, std::memory_order_relaxed);
  ended_runs.notify_all();
}

}  // namespace

Component* merge(Component* a, Component* b) {
  if (a->nodes.size() < b->nodes.size()) std::swap(a, b);
  a->sorted = a->sorted && (a->nodes.empty() || b->nodes.empty());
  for (Node* node : b->nodes) {
    if (!node) continue;
    node->component = a;
    node->slot = static_cast<uint32_t>(a->nodes.size());
    a->nodes.push_back(node);
  }
  a->live += b->live;
  a->bytes += b->bytes;
  a->rolling ^= b->rolling;
  give_back(b);
  return a;
}

void join_component(Node* node) {
  Component* home = nullptr;
  for (Out* operand : node->in()) {
    Component* other = operand->node->component;
    if (!other || other == home) continue;
    home = home ? merge(home, other) : other;
  }
  add(home ? *home : *new_component(), node);
}

void leave_component(Node* node) {
  Component* home = std::exchange(node->component, nullptr);
  home->nodes[node->slot] = nullptr;
  if (--home->live == 0) give_back(home);
}

bool should_cut(const Component& component) {
  if (component.bytes > most_bytes || component.live >= longest) return true;
  return component.live >= long_enough && (component.rolling & cut_mask) == 0;
}

void begin_run(std::span<Node* const> nodes) {
  for (Node* node : nodes) {
    leave_component(node);
    node->running = true;
  }
}

void end_run(std::span<Node* const> nodes) {
  // Operands come before their users: when a node is dropped here, the walk is past it.
  for (Node* node : nodes) {
    node->running = false;
    if (!keep_history(node)) drop_operands(node);
    free_if_dead(node);
  }
  tell_waiting();
}

void fail_run(std::span<Node* const> nodes) {
  Component* home = new_component();
  for (Node* node : nodes) {
    node->running = false;
    add(*home, node);
  }
  for (Node* node : nodes) free_if_dead(node);
  tell_waiting();
}

void wait_for_a_run() {
  uint32_t before = ended_runs.load(std::memory_order_relaxed);
  ++waiting;
  {
    GraphUnlock unlock(graph_mutex());
    ended_runs.wait(before, std::memory_order_relaxed);
  }
  --waiting;
}

}  // namespace koine::ir
