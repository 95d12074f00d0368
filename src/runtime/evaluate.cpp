#include "runtime/program_cache.h"

#include "ir/rethrow.h"

#include <koine/runtime.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

/// Evaluation: the pending graph that is connected with an array becomes a program and runs.
namespace koine::runtime {

using namespace ir;

namespace {

const backend::DeviceApi& current_device() {
  static const backend::DeviceApi& device = [&]() -> const backend::DeviceApi& {
    const char* wanted = std::getenv("KOINE_DEVICE");
    if (!wanted || !*wanted) return *backend::devices()[0];
    std::string known;
    for (const backend::DeviceApi* device : backend::devices()) {
      if (std::strcmp(device->name, wanted) == 0) return *device;
      known += std::string(" ") + device->name;
    }
    throw DeviceError(std::string("[device] KOINE_DEVICE names no device: ") + wanted + "; there are:" + known);
  }();
  return device;
}

/// Pending nodes as a graph, with the arrays around it.
struct Work {
  std::vector<Node*> nodes;      // operands before users
  std::vector<Out*> inputs;      // evaluated values that the nodes read
  std::vector<uint8_t> donated;  // inputs that nobody else holds
  std::vector<Out*> outputs;     // outputs that somebody outside holds
  GraphRef graph;
};

// Handles and operands outside of these nodes keep an output alive; under a grad so do the nodes on its tape, and what
// those read.
Work collect(std::vector<Node*> nodes) {
  Work work;
  uint64_t mark = next_serial();
  std::vector<uint32_t> uses;
  auto graph = std::make_shared<Graph>();
  std::vector<Out*> values;
  std::vector<uint8_t> kept;
  bool tape = tape_active();
  auto place = [&](Out* out) {
    out->mark = mark;
    out->place = static_cast<uint32_t>(values.size());
    values.push_back(out);
    uses.push_back(0);
    kept.push_back(tape && out->node->taped);
    graph->types.push_back(out->type);
  };
  uint64_t inside = next_serial();
  for (Node* node : nodes) node->visited = inside;
  for (Node* node : nodes)
    for (const Array& operand : node->in) {
      Out* out = operand.out();
      if (out->node->visited == inside || out->mark == mark) continue;
      place(out);
      work.inputs.push_back(out);
    }
  graph->input_count = static_cast<uint32_t>(values.size());
  for (Node* node : nodes) {
    GraphNode entry{node->op,
                    node->attrs,
                    static_cast<uint32_t>(graph->operands.size()),
                    static_cast<uint16_t>(node->in.size()),
                    static_cast<uint16_t>(node->outs.size()),
                    static_cast<ValueId>(values.size())};
    for (const Array& operand : node->in) {
      graph->operands.push_back(operand.out()->place);
      ++uses[operand.out()->place];
      kept[operand.out()->place] |= tape && node->taped;
    }
    for (Out& out : node->outs) place(&out);
    graph->nodes.push_back(std::move(entry));
    graph->where.push_back(node->where);
  }
  for (size_t i = 0; i < work.inputs.size(); ++i) {
    const Out& out = *work.inputs[i];
    bool last = out.refs == uses[i] && out.node->outs.size() == 1 && out.value.use_count() == 1;
    work.donated.push_back(last && !tape);
  }
  for (size_t v = work.inputs.size(); v < values.size(); ++v) {
    Out* out = values[v];
    if (out->refs <= uses[v] && !kept[v]) continue;
    graph->outputs.push_back(static_cast<ValueId>(v));
    work.outputs.push_back(out);
  }
  seal(*graph);
  work.graph = std::move(graph);
  work.nodes = std::move(nodes);
  return work;
}

void run(const Work& work) {
  const backend::DeviceApi& device = current_device();
  auto program = program_cache().find_or_compile(device, work.graph, work.donated);
  std::vector<BufferRef> inputs;
  for (Out* input : work.inputs) {
    if (!input->value)
      throw Error(std::string("[evaluate] the value of ") + (input->node->op ? input->node->op->name : "an argument") +
                  " made at " + to_string(input->node->where) + " is gone");
    inputs.push_back(input->value);
  }
  std::vector<BufferRef> outputs = device.run(*program, inputs);
  for (size_t k = 0; k < outputs.size(); ++k) work.outputs[k]->value = std::move(outputs[k]);
  // Dropping operands destroys inner nodes, so all are kept until the last one is settled.
  Arrays alive;
  for (Node* node : work.nodes) alive.push_back(revive(&node->outs[0]));
  for (Node* node : work.nodes) settle(node);
}

std::vector<Node*> pending_of(Component& component) {
  std::vector<Node*> nodes;
  for (Node* node : component.nodes)
    if (node) nodes.push_back(node);
  if (!component.sorted)
    std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) { return a->serial < b->serial; });
  return nodes;
}

std::vector<Node*> ancestors_of(Node* target) {
  std::vector<Node*> found{target}, stack{target};
  uint64_t mark = next_serial();
  target->visited = mark;
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    for (const Array& operand : node->in) {
      Node* next = node_of(operand);
      if (!next->component || next->visited == mark) continue;
      next->visited = mark;
      found.push_back(next);
      stack.push_back(next);
    }
  }
  std::sort(found.begin(), found.end(), [](const Node* a, const Node* b) { return a->serial < b->serial; });
  return found;
}

[[noreturn]] void report(const Work& work, const backend::NodeFailure& failure) {
  const Node& node = *work.nodes[failure.node];
  std::vector<TypeRef> types;
  for (const Array& operand : node.in) types.push_back(type_of(operand));
  try {
    std::rethrow_exception(failure.error);
  } catch (const Error& error) {
    rethrow_for_op(error, *node.op, types, node.attrs.get(), node.where);
  }
}

}  // namespace

}  // namespace koine::runtime

namespace koine {

void ir::evaluate_pending(Out& target) {
  using namespace runtime;
  Array hold = Array::share(&target);
  Work work = collect(pending_of(*target.node->component));
  try {
    run(work);
    return;
  } catch (const backend::NodeFailure& failure) {
    // Work that only happens to be connected must not take this value down with it.
    std::vector<Node*> needed = ancestors_of(target.node);
    if (std::find(needed.begin(), needed.end(), work.nodes[failure.node]) != needed.end()) report(work, failure);
    work = collect(std::move(needed));
  }
  try {
    run(work);
  } catch (const backend::NodeFailure& failure) {
    report(work, failure);
  }
}

namespace runtime {

Stats stats() {
  GraphLock lock(graph_mutex());
  return {program_cache().hits(), program_cache().compiled(), static_cast<int64_t>(program_cache().size()),
          Buffer::live_bytes(), Buffer::peak_bytes()};
}

std::vector<DeviceInfo> devices() {
  std::vector<DeviceInfo> list;
  for (const backend::DeviceApi* device : backend::devices()) list.push_back({device->name, device->doc});
  return list;
}

}  // namespace runtime

}  // namespace koine
