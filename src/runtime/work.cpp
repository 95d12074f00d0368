#include "runtime/work.h"

#include "base/format.h"
#include "base/narrow.h"
#include "ir/call.h"
#include "ir/pending.h"

#include <bit>

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

// Gives an input its place when it is met first.
Ready add_input(Work& work, Out* input, uint64_t mark) {
  if (Component* other = input->node->component) {
    if (other->running) return Ready::not_yet;
    merge(work.home, other);
    return Ready::rather_together;
  }
  if (!input->value) throw_gone(*input);
  input->mark = mark;
  input->place = narrow<uint32_t>(work.inputs.size()) | input_bit;
  input->seen = 0;
  work.inputs.push_back(input);
  return Ready::yes;
}

Ready add_nodes(Work& work, uint64_t mark) {
  uint32_t values = 0;
  for (Node* node : work.home->nodes) {
    const std::span<Out* const> in = node->in();
    uint64_t content = node->attrs->id;
    Key::Number* to = Key::put(work.key.room(3 + in.size()), content);
    *to++ = narrow<Key::Number>(in.size());
    for (Out* operand : in) {
      if (operand->mark != mark)
        if (Ready ready = add_input(work, operand, mark); ready != Ready::yes) return ready;
      ++operand->seen;
      *to++ = operand->place;
      content = std::rotl(content, 16) + operand->place;
    }
    work.key.end_at(to, content);
    for (Out& out : node->outs()) {
      out.mark = mark;
      out.place = values++;
      out.seen = 0;
    }
  }
  return Ready::yes;
}

void add_inputs(Work& work, bool tape) {
  for (const Out* input : work.inputs) work.key.add(reinterpret_cast<uintptr_t>(input->type));
  for (size_t i = 0; i < work.inputs.size(); ++i) {
    const Out& input = *work.inputs[i];
    const bool last = !tape && input.uses == input.seen && input.node->outs().size() == 1 && input.value.unique();
    work.donated.push_back(last);
    if (last) work.key.add(i);
  }
}

// Handles and operands outside of these nodes keep an output alive; under a tape so do the nodes on it, and what those
// read.
void add_outputs(Work& work, bool tape) {
  std::vector<uint8_t> kept;
  if (tape) {
    kept.resize(work.home->nodes.back()->outs().back().place + 1);
    keep_for_tape(work, kept);
  }
  for (Node* node : work.home->nodes)
    for (Out& out : node->outs()) {
      if (out.uses <= out.seen && (!tape || !kept[out.place])) continue;
      work.outputs.push_back(&out);
      work.key.add(out.place);
    }
}

}  // namespace

Ready describe(Work& work) {
  work.inputs.clear();
  work.outputs.clear();
  work.donated.clear();
  work.key.clear();
  settle_order(*work.home);
  if (Ready ready = add_nodes(work, count_serial()); ready != Ready::yes) return ready;
  const bool tape = tape_active();
  add_inputs(work, tape);
  add_outputs(work, tape);
  // Where each part ends follows from these counts and the nodes.
  for (size_t count : {work.home->nodes.size(), work.inputs.size(), work.outputs.size()}) work.key.add(count);
  return Ready::yes;
}

void throw_gone(const Out& out) {
  throw Error(cat("[evaluate] the value of ", out.node->op ? out.node->op->name : "an argument", " made at ",
                  to_string(out.node->where), " is gone"));
}

namespace {

/// Puts nodes behind each other in a graph whose values are numbered on the way.
class Joiner {
 public:
  explicit Joiner(const Work& work) {
    graph_.input_count = narrow<uint32_t>(work.inputs.size());
    for (const Out* input : work.inputs) graph_.types.push_back(input->type);
  }
  void add(Node* node) {
    std::vector<ValueId> in;
    for (const Out* operand : node->in()) in.push_back(value(*operand));
    if (const Graph* called = called_graph(*node)) return add_called(*called, std::move(in), node->where);
    for (const Out& out : node->outs()) {
      values_.push_back(narrow<ValueId>(graph_.types.size()));
      graph_.types.push_back(out.type);
    }
    add(node->op, node->attrs, in, node->outs().size(), node->where);
  }
  GraphRef finish(const Work& work) {
    for (const Out* output : work.outputs) graph_.outputs.push_back(value(*output));
    seal(graph_);
    return std::make_shared<const Graph>(std::move(graph_));
  }

 private:
  ValueId value(const Out& out) const { return out.place & input_bit ? out.place & ~input_bit : values_[out.place]; }
  // The node's values are there already.
  void add(const OpSpec* op, const AttrRef& attrs, std::span<const ValueId> in, size_t outputs,
           std::source_location where) {
    graph_.nodes.push_back({op, attrs, narrow<uint32_t>(graph_.operands.size()), narrow<uint32_t>(in.size()),
                            narrow<uint32_t>(outputs), narrow<ValueId>(graph_.types.size() - outputs)});
    graph_.operands.insert(graph_.operands.end(), in.begin(), in.end());
    graph_.where.push_back(where);
  }
  void add_called(const Graph& called, std::vector<ValueId> values, std::source_location where) {
    std::vector<ValueId> in;
    for (size_t i = 0; i < called.nodes.size(); ++i) {
      const GraphNode& node = called.nodes[i];
      in.clear();
      for (ValueId operand : called.operands_of(node)) in.push_back(values[operand]);
      for (uint32_t k = 0; k < node.output_count; ++k) {
        values.push_back(narrow<ValueId>(graph_.types.size()));
        graph_.types.push_back(called.types[node.first_output + k]);
      }
      add(node.op, node.attrs, in, node.output_count, called.where[i].line() ? called.where[i] : where);
    }
    for (ValueId output : called.outputs) values_.push_back(values[output]);
  }

  Graph graph_;
  std::vector<ValueId> values_;  // by the place of what a node gives
};

}  // namespace

GraphRef graph_of(const Work& work) {
  Joiner joiner(work);
  for (Node* node : work.home->nodes) joiner.add(node);
  return joiner.finish(work);
}

Origin origin_of(const Work& work, size_t at) {
  for (const Node* node : work.home->nodes) {
    const Graph* called = called_graph(*node);
    size_t nodes = called ? called->nodes.size() : 1;
    if (at < nodes) return {node, at};
    at -= nodes;
  }
  return {};
}

}  // namespace koine::runtime
