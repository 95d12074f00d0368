#include "runtime/work.h"

#include "base/format.h"
#include "base/hash.h"
#include "ir/pending.h"

namespace koine::runtime {

using namespace ir;

namespace {

// The place of an input, as opposed to that of a value that the nodes compute.
constexpr uint32_t input_bit = uint32_t{1} << 31;

/// A value that a tape will ask for: that of a node on it, or one that such a node reads.
void keep_for_tape(const Work& work, std::vector<uint8_t>& kept) {
  for (Node* node : work.nodes) {
    if (!node->taped) continue;
    for (const Out& out : node->outs()) kept[out.place] = 1;
    for (const Out* operand : node->in())
      if (!(operand->place & input_bit)) kept[operand->place] = 1;
  }
}

/// Numbers behind each other in whole words.
class Packed {
 public:
  Packed(std::vector<uint64_t>& words, unsigned bits) : words_(words), bits_(bits) {}
  ~Packed() {
    if (used_ != 0) words_.push_back(word_);
  }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;
  void add(uint64_t number) {
    word_ |= number << used_;
    if ((used_ += bits_) < 64) return;
    words_.push_back(word_);
    word_ = used_ = 0;
  }

 private:
  std::vector<uint64_t>& words_;
  unsigned bits_, used_ = 0;
  uint64_t word_ = 0;
};

uint64_t hash_of(const std::vector<uint64_t>& key) {
  // Two chains, because a multiplication takes longer than it keeps the processor busy.
  uint64_t even = key.size(), odd = 0;
  size_t at = 0;
  for (; at + 1 < key.size(); at += 2) {
    even = hash_combine(even, key[at]);
    odd = hash_combine(odd, key[at + 1]);
  }
  if (at < key.size()) even = hash_combine(even, key[at]);
  return hash_combine(even, odd);
}

// The nodes, and the inputs as they are met.
Ready add_nodes(Work& work, uint64_t mark) {
  for (Node* node : work.nodes) {
    work.key.push_back(node->attrs->id);
    Packed operands(work.key, 32);
    operands.add(node->in().size());
    for (Out* operand : node->in()) {
      if (operand->mark != mark) {
        if (operand->node->running) return Ready::not_yet;
        if (operand->node->component) {
          merge(work.nodes[0]->component, operand->node->component);
          return Ready::rather_together;
        }
        operand->mark = mark;
        operand->place = static_cast<uint32_t>(work.inputs.size()) | input_bit;
        operand->seen = 0;
        work.inputs.push_back(operand);
      }
      ++operand->seen;
      operands.add(operand->place);
    }
  }
  return Ready::yes;
}

void add_inputs(Work& work) {
  bool tape = tape_active();
  Packed flags(work.key, 1);
  for (Out* input : work.inputs) {
    if (!input->value) throw_gone(*input);
    bool last = !tape && input->uses == input->seen && input->node->outs().size() == 1 && input->value.unique();
    work.donated.push_back(last);
    flags.add(last);
  }
  for (Out* input : work.inputs) work.key.push_back(reinterpret_cast<uintptr_t>(input->type));
}

// Handles and operands outside of these nodes keep an output alive; under a tape so do the nodes on it, and what those
// read.
void add_outputs(Work& work, uint32_t values) {
  std::vector<uint8_t> kept;
  if (tape_active()) {
    kept.resize(values);
    keep_for_tape(work, kept);
  }
  Packed flags(work.key, 1);
  for (Node* node : work.nodes)
    for (Out& out : node->outs()) {
      bool held = out.uses > out.seen || (!kept.empty() && kept[out.place]);
      if (held) work.outputs.push_back(&out);
      flags.add(held);
    }
}

}  // namespace

Ready describe(Work& work) {
  uint64_t mark = next_serial();
  uint32_t values = 0;
  work.inputs.clear();
  work.outputs.clear();
  work.donated.clear();
  work.key.assign(1, 0);
  for (Node* node : work.nodes)
    for (Out& out : node->outs()) {
      out.mark = mark;
      out.place = values++;
      out.seen = 0;
    }
  if (Ready ready = add_nodes(work, mark); ready != Ready::yes) return ready;
  add_inputs(work);
  add_outputs(work, values);
  work.key[0] = work.nodes.size() | static_cast<uint64_t>(work.inputs.size()) << 32;
  work.hash = hash_of(work.key);
  return Ready::yes;
}

void throw_gone(const Out& out) {
  throw Error(cat("[evaluate] the value of ", out.node->op ? out.node->op->name : "an argument", " made at ",
                  to_string(out.node->where), " is gone"));
}

GraphRef graph_of(const Work& work) {
  auto graph = std::make_shared<Graph>();
  graph->input_count = static_cast<uint32_t>(work.inputs.size());
  for (const Out* input : work.inputs) graph->types.push_back(input->type);
  auto value = [&](const Out& out) {
    return out.place & input_bit ? out.place & ~input_bit : out.place + graph->input_count;
  };
  for (Node* node : work.nodes) {
    graph->nodes.push_back({node->op, node->attrs, static_cast<uint32_t>(graph->operands.size()),
                            static_cast<uint16_t>(node->in().size()), static_cast<uint16_t>(node->outs().size()),
                            static_cast<ValueId>(graph->types.size())});
    graph->where.push_back(node->where);
    for (const Out* operand : node->in()) graph->operands.push_back(value(*operand));
    for (const Out& out : node->outs()) graph->types.push_back(out.type);
  }
  for (const Out* output : work.outputs) graph->outputs.push_back(value(*output));
  seal(*graph);
  return graph;
}

}  // namespace koine::runtime
