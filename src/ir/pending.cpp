#include "ir/pending.h"

#include "base/narrow.h"
#include "ir/host.h"

#include <algorithm>

/// Pending work: what is connected is evaluated together.
namespace koine::ir {

namespace {

constinit Component* spare = nullptr;

void give_back(Component* component) {
  component->nodes.clear();
  component->live = 0;
  component->called = 0;
  component->rolling = 0;
  component->bytes = 0;
  component->sorted = true;
  component->running = false;
  component->next = std::exchange(spare, component);
}

std::atomic<uint32_t> ended_runs{0};
uint32_t waiting = 0;

void tell_waiting() {
  if (waiting == 0) return;
  ended_runs.fetch_add(1, std::memory_order_relaxed);
  ended_runs.notify_all();
}

}  // namespace

Component* new_component() {
  if (!spare) return new Component;
  return std::exchange(spare, spare->next);
}

Component* merge(Component* a, Component* b) {
  if (a->nodes.size() < b->nodes.size()) std::swap(a, b);
  a->sorted = a->sorted && (a->nodes.empty() || b->nodes.empty());
  for (Node* node : b->nodes) {
    if (!node) continue;
    node->component = a;
    node->slot = narrow<uint32_t>(a->nodes.size());
    a->nodes.push_back(node);
  }
  a->live += b->live;
  a->called += b->called;
  a->bytes += b->bytes;
  a->rolling ^= b->rolling;
  give_back(b);
  return a;
}

int64_t bytes_of(Node* node) {
  int64_t bytes = 0;
  for (const Out& out : node->outs()) bytes += out.type->bytes;
  return bytes;
}

void leave_component(Node* node) {
  Component* home = std::exchange(node->component, nullptr);
  home->nodes[node->slot] = nullptr;
  if (--home->live == 0) give_back(home);
}

Component* split(std::span<Node* const> nodes) {
  Component* home = new_component();
  for (Node* node : nodes) {
    leave_component(node);
    add_to(*home, node, bytes_of(node));
  }
  return home;
}

void settle_order(Component& component) {
  auto& nodes = component.nodes;
  if (component.sorted && component.live == nodes.size()) return;
  std::erase(nodes, nullptr);
  if (!component.sorted)
    std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) { return a->serial < b->serial; });
  component.sorted = true;
  for (size_t i = 0; i < nodes.size(); ++i) nodes[i]->slot = static_cast<uint32_t>(i);
}

void end_run(Component* component) {
  // Operands come before their users: when a node is dropped here, the walk is past it.
  for (Node* node : component->nodes) {
    node->component = nullptr;
    if (node->taped && keep_history(node)) continue;
    NodePool::drop_operands(node);
    if (node->live_outs == 0) NodePool::destroy(node);
  }
  give_back(component);
  tell_waiting();
}

void fail_run(Component* component) {
  component->running = false;
  std::vector<Node*> died;
  for (Node* node : component->nodes)
    if (node->live_outs == 0) died.push_back(node);
  for (Node* node : died) NodePool::destroy(node);
  tell_waiting();
}

void wait_for_a_run() {
  uint32_t before = ended_runs.load(std::memory_order_relaxed);
  ++waiting;
  {
    GraphUnlock unlock(graph_mutex());
    HostUnlock others;
    ended_runs.wait(before, std::memory_order_relaxed);
  }
  --waiting;
}

}  // namespace koine::ir
