#include "ir/graph.h"

#include "base/format.h"
#include "base/hash.h"
#include "base/narrow.h"
#include "ir/call.h"

#include <algorithm>
#include <cstring>

namespace koine::ir {

bool same(const Graph& a, const Graph& b) {
  return a.hash == b.hash && a.input_count == b.input_count && a.types == b.types && a.operands == b.operands &&
         a.outputs == b.outputs && a.nodes == b.nodes;
}

void seal(Graph& graph) {
  uint64_t hash = graph.input_count;
  for (uint32_t i = 0; i < graph.input_count; ++i) hash = hash_combine(hash, graph.types[i]->hash);
  for (const GraphNode& node : graph.nodes) {
    hash = hash_combine(hash, node.attrs->hash);
    for (ValueId operand : graph.operands_of(node)) hash = hash_combine(hash, operand);
  }
  for (ValueId output : graph.outputs) hash = hash_combine(hash, output);
  graph.hash = hash;
}

void verify(const Graph& graph) {
  auto fail = [&](size_t at, const std::string& what) {
    throw Error(cat("[verify] node ", at, ": ", what, "\n", to_string(graph)));
  };
  ValueId next = graph.input_count;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    std::vector<TypeRef> in;
    if (node.first_output != next) fail(i, "its outputs are not numbered in order");
    for (ValueId operand : graph.operands_of(node)) {
      if (operand >= next) fail(i, cat("operand %", operand, " is not defined before it"));
      in.push_back(graph.types[operand]);
    }
    std::vector<TypeRef> out = infer_types(*node.op, node.attrs, in);
    if (out.size() != node.output_count) fail(i, "it has another number of outputs than its op");
    for (size_t k = 0; k < out.size(); ++k)
      if (out[k] != graph.types[node.first_output + k])
        fail(i, cat("output ", k, " should be ", to_string(*out[k]), " but is ",
                    to_string(*graph.types[node.first_output + k])));
    next += node.output_count;
  }
  if (next != graph.types.size()) fail(graph.nodes.size(), "types do not match the values");
  for (ValueId output : graph.outputs)
    if (output >= next) fail(graph.nodes.size(), cat("graph output %", output, " does not exist"));
}

std::string to_string(const Graph& graph) {
  std::string text = "inputs";
  for (uint32_t i = 0; i < graph.input_count; ++i) text += cat(i ? ", %" : " %", i, " : ", to_string(*graph.types[i]));
  for (const GraphNode& node : graph.nodes) {
    text += "\n";
    for (uint32_t k = 0; k < node.output_count; ++k) text += cat(k ? ", %" : "%", node.first_output + k);
    text += cat(" = ", node.op->name, "(");
    bool first = true;
    for (ValueId operand : graph.operands_of(node)) {
      text += cat(first ? "%" : ", %", operand);
      first = false;
    }
    text += ")";
    if (std::string attrs = to_string(node.attrs.get()); !attrs.empty()) text += cat(" {", attrs, "}");
    for (uint32_t k = 0; k < node.output_count; ++k)
      text += cat(k ? ", " : " : ", to_string(*graph.types[node.first_output + k]));
  }
  text += "\noutputs";
  for (size_t i = 0; i < graph.outputs.size(); ++i) text += cat(i ? ", %" : " %", graph.outputs[i]);
  return text;
}

namespace {

/// Adds nodes whose operands have places already.
class Builder {
 public:
  explicit Builder(uint64_t mark) : mark_(mark) {}
  void input(Out* out) {
    out->mark = mark_;
    out->place = narrow<uint32_t>(graph_.types.size());
    graph_.types.push_back(out->type);
    ++graph_.input_count;
  }
  bool placed(const Out* out) const { return out->mark == mark_; }
  void node(Node* node) {
    GraphNode entry{node->op,
                    node->attrs,
                    narrow<uint32_t>(graph_.operands.size()),
                    narrow<uint32_t>(node->in().size()),
                    narrow<uint32_t>(node->outs().size()),
                    narrow<ValueId>(graph_.types.size())};
    for (const Out* operand : node->in()) graph_.operands.push_back(operand->place);
    for (Out& out : node->outs()) {
      out.place = narrow<uint32_t>(graph_.types.size());
      out.mark = mark_;
      graph_.types.push_back(out.type);
    }
    graph_.nodes.push_back(std::move(entry));
    graph_.where.push_back(node->where);
  }
  Graph& graph() { return graph_; }

 private:
  uint64_t mark_;
  Graph graph_;
};

}  // namespace

Captured capture(std::span<const Array> outputs, std::span<const Array> inputs, uint64_t since,
                 std::span<Node* const> prefix) {
  GraphLock lock(graph_mutex());
  uint64_t mark = next_serial();
  Builder builder(mark);
  Captured captured;
  for (const Array& input : inputs) {
    builder.input(input.out());
    captured.primal.push_back(input);
  }

  // An array that is given twice as an input keeps its last place; both are the same value.
  auto inside = [&](const Node* node) {
    if (!node->op || called_graph(*node)) return false;
    return node->op->args.empty() || (node->serial >= since && !node->in().empty());
  };
  std::vector<Node*> nodes(prefix.begin(), prefix.end()), stack;
  for (Node* node : nodes) node->visited = mark;
  auto visit = [&](Out* out) {
    if (builder.placed(out) || out->node->visited == mark || !inside(out->node)) return;
    out->node->visited = mark;
    nodes.push_back(out->node);
    stack.push_back(out->node);
  };
  for (Node* node : prefix)
    for (Out* operand : node->in()) visit(operand);
  for (const Array& output : outputs) visit(output.out());
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    for (Out* operand : node->in()) visit(operand);
  }
  std::sort(nodes.begin() + static_cast<std::ptrdiff_t>(prefix.size()), nodes.end(),
            [](const Node* a, const Node* b) { return a->serial < b->serial; });

  auto outside = [&](Out* out) {
    if (builder.placed(out) || out->node->visited == mark) return;
    builder.input(out);
    captured.outside.push_back(revive(out));
    captured.primal.push_back(captured.outside.back());
  };
  for (Node* node : nodes)
    for (Out* operand : node->in()) outside(operand);
  for (const Array& output : outputs) outside(output.out());

  for (Node* node : nodes) {
    builder.node(node);
    for (Out& out : node->outs()) captured.primal.push_back(revive(&out));
  }
  for (const Array& output : outputs) builder.graph().outputs.push_back(output.out()->place);
  seal(builder.graph());
  captured.graph = std::make_shared<const Graph>(std::move(builder.graph()));
  return captured;
}

Arrays replay_all(const Graph& graph, std::span<const Array> known, std::source_location where) {
  GraphLock lock(graph_mutex());
  Arrays values(known.begin(), known.end());
  values.resize(graph.types.size());
  Arrays in;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.first_output < known.size()) continue;
    in.clear();
    for (ValueId operand : graph.operands_of(node)) in.push_back(values[operand]);
    Arrays out = record_typed(*node.op, node.attrs, in, {&graph.types[node.first_output], node.output_count},
                              graph.where[i].line() ? graph.where[i] : where);
    for (size_t k = 0; k < out.size(); ++k) values[node.first_output + k] = std::move(out[k]);
  }
  return values;
}

Arrays replay(const Graph& graph, std::span<const Array> inputs, std::source_location where) {
  Arrays values = replay_all(graph, inputs, where), outputs;
  for (ValueId output : graph.outputs) outputs.push_back(values[output]);
  return outputs;
}

GraphRef prune(const Graph& graph) {
  std::vector<uint8_t> needed(graph.types.size(), 0);
  for (ValueId output : graph.outputs) needed[output] = 1;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph.nodes[i];
    bool any = false;
    for (uint32_t k = 0; k < node.output_count; ++k) any |= needed[node.first_output + k] != 0;
    if (!any) continue;
    for (uint32_t k = 0; k < node.output_count; ++k) needed[node.first_output + k] = 1;
    for (ValueId operand : graph.operands_of(node)) needed[operand] = 1;
  }
  Graph result;
  result.input_count = graph.input_count;
  std::vector<ValueId> place(graph.types.size());
  for (uint32_t i = 0; i < graph.input_count; ++i) {
    place[i] = i;
    result.types.push_back(graph.types[i]);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    GraphNode node = graph.nodes[i];
    if (!needed[node.first_output]) continue;
    auto operands = graph.operands_of(node);
    ValueId old_first = node.first_output;
    node.first_operand = narrow<uint32_t>(result.operands.size());
    node.first_output = narrow<ValueId>(result.types.size());
    for (ValueId operand : operands) result.operands.push_back(place[operand]);
    for (uint32_t k = 0; k < node.output_count; ++k) {
      place[old_first + k] = narrow<ValueId>(result.types.size());
      result.types.push_back(graph.types[old_first + k]);
    }
    result.nodes.push_back(std::move(node));
    result.where.push_back(graph.where[i]);
  }
  for (ValueId output : graph.outputs) result.outputs.push_back(place[output]);
  seal(result);
  return std::make_shared<const Graph>(std::move(result));
}

}  // namespace koine::ir
