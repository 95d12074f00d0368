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
  for (Node* node : work.home->nodes) {
    if (!node->taped) continue;
    for (const Out& out : node->outs()) kept[out.place] = 1;
    for (const Out* operand : node->in())
      if (!(operand->place & input_bit)) kept[operand->place] = 1;
  }
}

/// Bits as numbers of a key.
class Bits {
 public:
  explicit Bits(Key& key) : key_(key) {}
  ~Bits() { key_.push_back(word_); }
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;
  void add(bool bit) {
    word_ = word_ << 1 | static_cast<uint64_t>(bit);
    if (++used_ % 64 != 0) return;
    key_.push_back(word_);
    word_ = 0;
  }

 private:
  Key& key_;
  uint64_t word_ = 0;
  unsigned used_ = 0;
};

// Gives an input its place when it is met first.
Ready add_input(Work& work, Out* input, uint64_t mark) {
  if (Component* other = input->node->component) {
    if (other->running) return Ready::not_yet;
    merge(work.home, other);
    return Ready::rather_together;
  }
  if (!input->value) throw_gone(*input);
  input->mark = mark;
  input->place = static_cast<uint32_t>(work.inputs.size()) | input_bit;
  input->seen = 0;
  work.inputs.push_back(input);
  return Ready::yes;
}

Ready add_nodes(Work& work, uint64_t mark) {
  uint32_t values = 0;
  for (Node* node : work.home->nodes) {
    auto in = node->in();
    uint64_t* to = work.key.room(2 + in.size() / 2);
    *to++ = node->attrs->id;
    // Two numbers in a word: how many operands there are, then their places.
    uint64_t word = in.size();
    bool half = true;
    for (Out* operand : in) {
      if (operand->mark != mark)
        if (Ready ready = add_input(work, operand, mark); ready != Ready::yes) return ready;
      ++operand->seen;
      if (half)
        *to++ = word | static_cast<uint64_t>(operand->place) << 32;
      else
        word = operand->place;
      half = !half;
    }
    if (half) *to++ = word;
    work.key.end_at(to);
    for (Out& out : node->outs()) {
      out.mark = mark;
      out.place = values++;
      out.seen = 0;
    }
  }
  return Ready::yes;
}

void add_inputs(Work& work) {
  bool tape = tape_active();
  for (Out* input : work.inputs) work.key.push_back(reinterpret_cast<uintptr_t>(input->type));
  Bits bits(work.key);
  for (Out* input : work.inputs) {
    bool last = !tape && input->uses == input->seen && input->node->outs().size() == 1 && input->value.unique();
    work.donated.push_back(last);
    bits.add(last);
  }
}

// Handles and operands outside of these nodes keep an output alive; under a tape so do the nodes on it, and what those
// read.
void add_outputs(Work& work) {
  std::vector<uint8_t> kept;
  if (tape_active()) {
    kept.resize(work.home->nodes.back()->outs().back().place + 1);
    keep_for_tape(work, kept);
  }
  Bits bits(work.key);
  for (Node* node : work.home->nodes)
    for (Out& out : node->outs()) {
      bool held = out.uses > out.seen || (!kept.empty() && kept[out.place]);
      if (held) work.outputs.push_back(&out);
      bits.add(held);
    }
}

}  // namespace

uint64_t Key::hash() const {
  __extension__ typedef unsigned __int128 uint128;
  auto mix = [](uint64_t hash, uint64_t word) {
    uint128 product = static_cast<uint128>(hash ^ word) * 0x9e3779b97f4a7c15u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  // Two chains, because a multiplication takes longer than it keeps the processor busy.
  uint64_t even = size_, odd = 1;
  size_t at = 0;
  for (; at + 1 < size_; at += 2) {
    even = mix(even, words_[at]);
    odd = mix(odd, words_[at + 1]);
  }
  if (at < size_) even = mix(even, words_[at]);
  return hash_combine(even, odd);
}

Ready describe(Work& work) {
  work.inputs.clear();
  work.outputs.clear();
  work.donated.clear();
  work.key.clear();
  settle_order(*work.home);
  if (Ready ready = add_nodes(work, next_serial()); ready != Ready::yes) return ready;
  // The rest has a length that follows from these counts and the nodes.
  work.key.push_back(work.home->nodes.size() | static_cast<uint64_t>(work.inputs.size()) << 32);
  add_inputs(work);
  add_outputs(work);
  work.hash = work.key.hash();
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
  for (Node* node : work.home->nodes) {
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
