#include "base/format.h"
#include "base/location.h"
#include "ir/body.h"
#include "ir/derivative_names.h"
#include "ir/rethrow.h"
#include "transform/memo.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

/// jvp and vjp: each node's own rule, or that of its body.
namespace koine::transform {

using namespace ir;

namespace {

/// A graph being transformed: its nodes recorded again on placeholders.
struct Replayed {
  BodyScope body;  // all that is recorded is part of the graph
  uint64_t since = next_serial();
  Arrays inputs;
  Arrays values;
  std::vector<Node*> prefix;

  explicit Replayed(const Graph& graph, const char* name) {
    for (uint32_t i = 0; i < graph.input_count; ++i) inputs.push_back(make_placeholder(graph.types[i], name, {}));
    values = replay_all(graph, inputs, {});
    for (const GraphNode& node : graph.nodes) prefix.push_back(node_of(values[node.first_output]));
  }
  Arrays operands(const Graph& graph, const GraphNode& node) const {
    Arrays in;
    for (ValueId operand : graph.operands_of(node)) in.push_back(values[operand]);
    return in;
  }
  std::span<const Array> outputs(const GraphNode& node) const {
    return {values.data() + node.first_output, node.output_count};
  }
};

GraphRef close(const Arrays& outputs, const Replayed& replayed, const char* name) {
  Captured captured = capture(outputs, replayed.inputs, replayed.since, replayed.prefix);
  if (!captured.outside.empty())
    throw Error(cat("[", name, "] a rule used an array that is neither an operand nor a constant"));
  return captured.graph;
}

std::vector<TypeRef> types_of(std::span<const Array> arrays) {
  std::vector<TypeRef> types;
  for (const Array& x : arrays) types.push_back(type_of(x));
  return types;
}

void check(const OpSpec& op, const char* rule, const Arrays& got, std::span<const Array> like) {
  if (got.size() != like.size())
    throw Error(cat("[", op.name, "] its ", rule, " rule gave ", got.size(), " arrays for ", like.size()));
  for (size_t i = 0; i < got.size(); ++i)
    if (got[i].defined() && type_of(got[i]) != type_of(like[i]))
      throw Error(cat("[", op.name, "] its ", rule, " rule gave ", to_string(*type_of(got[i])), " for ",
                      to_string(*type_of(like[i]))));
}

/// The operands of a composite as they are passed to its body's joint graph, zeros for undefined.
Arrays or_zeros(std::span<const Array> given, std::span<const Array> like, const Mask& wanted) {
  Arrays list;
  for (size_t i = 0; i < like.size(); ++i)
    if (wanted[i]) list.push_back(given[i].defined() ? given[i] : zeros_like(like[i]));
  return list;
}

Mask inexact(std::span<const Array> arrays) {
  Mask mask;
  for (const Array& x : arrays) mask.push_back(is_inexact(x.dtype()));
  return mask;
}

Arrays scatter(const Arrays& found, const Mask& mask) {
  Arrays all(mask.size());
  for (size_t i = 0, k = 0; i < mask.size(); ++i)
    if (mask[i]) all[i] = found[k++];
  return all;
}

/// The graph with those of its outputs alone that have a cotangent or are no floating numbers: what nobody reads then
/// adds nothing to a derivative, not even the zero that infinity or NaN would turn into another NaN.
GraphRef with_cotangents(const GraphRef& body, std::span<const Array> given, std::span<const Array> out) {
  Graph part = *body;
  part.outputs.clear();
  for (size_t k = 0; k < given.size(); ++k)
    if (given[k].defined() || !is_inexact(out[k].dtype())) part.outputs.push_back(body->outputs[k]);
  return part.outputs.size() == body->outputs.size() ? body : prune(part);
}

Arrays through_body(const RuleInput& node, std::span<const Array> given, const Mask& wrt, bool reverse) {
  GraphRef body = body_graph(node.op, node.box, types_of(node.in));
  if (reverse) body = with_cotangents(body, given, node.out);
  GraphRef joint = reverse ? vjp(body, wrt) : jvp(body, wrt);
  Arrays inputs(node.in.begin(), node.in.end());
  Arrays extra;
  if (reverse)
    std::ranges::copy_if(given, std::back_inserter(extra), [](const Array& x) { return x.defined(); });
  else
    extra = or_zeros(given, node.in, wrt);
  inputs.insert(inputs.end(), extra.begin(), extra.end());
  Arrays outputs = replay(*joint, inputs);
  outputs.erase(outputs.begin(), outputs.begin() + static_cast<std::ptrdiff_t>(body->outputs.size()));
  return scatter(outputs, reverse ? wrt : inexact(node.out));
}

void accumulate(Array& sum, const Array& part) { sum = sum.defined() ? sum + part : part; }

void require_derivative(const OpSpec& op, std::source_location where) {
  if (op.not_differentiable)
    throw NotDifferentiable(
        cat("[", op.name, "] has no derivative: ", op.not_differentiable, "\n  at ", to_string(where)));
}

/// What a rule throws, with the user's line.
template <class F>
Arrays with_line(std::source_location where, F rule) {
  try {
    return rule();
  } catch (const Error& error) {
    std::string text = error.what();
    if (text.find("\n  at ") != std::string::npos) throw;
    rethrow_with(error, cat(text, "\n  at ", to_string(where)));
  }
}

/// The line of what the derivative of a node records.
std::source_location place_of(const OpSpec& op, std::source_location where) {
  if (!derivative_names) return where;
  return location_of(cat(to_string(where), ", in the derivative of ", op.name));
}

/// Whether the derivative of an elementwise op is zero everywhere, as those of floor and stop_gradient are: its forward
/// rule says so whatever it is given. Of complex numbers that may be another matter.
bool is_flat(const OpSpec& op, const RuleInput& node) {
  if (op.family != Family::elementwise || !op.jvp || op.not_differentiable) return false;
  Arrays tangents;
  bool complex = false;
  for (const Array& x : node.in) {
    tangents.push_back(is_inexact(x.dtype()) ? x : Array());
    complex = complex || is_complex(x.dtype());
  }
  static std::unordered_map<const OpSpec*, bool> known[2];
  if (auto found = known[complex].find(&op); found != known[complex].end()) return found->second;
  const Arrays given = op.jvp(node, tangents);
  const bool flat = std::none_of(given.begin(), given.end(), [](const Array& x) { return x.defined(); });
  return known[complex][&op] = flat;
}

Mask active_values(const Graph& graph, const Mask& wrt, const Replayed& replayed) {
  Mask active(graph.types.size(), 0);
  for (uint32_t i = 0; i < graph.input_count; ++i) active[i] = wrt[i] && is_inexact(graph.types[i]->dtype);
  for (const GraphNode& node : graph.nodes) {
    uint8_t any = 0;
    for (ValueId operand : graph.operands_of(node)) any |= active[operand];
    if (any && is_inexact(graph.types[node.first_output]->dtype)) {
      const Arrays in = replayed.operands(graph, node);
      any = !is_flat(*node.op, {*node.op, node.attrs->data.get(), node.attrs, in, replayed.outputs(node)});
    }
    for (uint32_t k = 0; k < node.output_count; ++k)
      active[node.first_output + k] = any && is_inexact(graph.types[node.first_output + k]->dtype);
  }
  return active;
}

GraphRef make_vjp(const Graph& graph, const Mask& wrt) {
  Replayed replayed(graph, "vjp");
  std::vector<Array> cotangents(graph.types.size());
  for (ValueId output : graph.outputs) {
    if (!is_inexact(graph.types[output]->dtype)) continue;
    replayed.inputs.push_back(make_placeholder(graph.types[output], "vjp", {}));
    accumulate(cotangents[output], replayed.inputs.back());
  }
  Mask active = active_values(graph, wrt, replayed);
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph.nodes[i];
    std::span<const ValueId> operands = graph.operands_of(node);
    Mask wanted;
    uint8_t any_operand = 0, any_cotangent = 0;
    for (ValueId operand : operands) any_operand |= (wanted.push_back(active[operand]), active[operand]);
    for (uint32_t k = 0; k < node.output_count; ++k) any_cotangent |= cotangents[node.first_output + k].defined();
    if (!any_operand || !any_cotangent) continue;
    require_derivative(*node.op, graph.where[i]);
    SourceScope source(place_of(*node.op, graph.where[i]));
    Arrays in = replayed.operands(graph, node);
    RuleInput rule{*node.op, node.attrs->data.get(), node.attrs, in, replayed.outputs(node), wanted};
    std::span<const Array> given(cotangents.data() + node.first_output, node.output_count);
    Arrays found = with_line(graph.where[i], [&] {
      return node.op->vjp ? node.op->vjp(rule, given) : through_body(rule, given, wanted, true);
    });
    check(*node.op, "vjp", found, in);
    for (size_t k = 0; k < operands.size(); ++k)
      if (wanted[k] && found[k].defined()) accumulate(cotangents[operands[k]], found[k]);
  }
  Arrays outputs;
  for (ValueId output : graph.outputs) outputs.push_back(replayed.values[output]);
  for (uint32_t i = 0; i < graph.input_count; ++i)
    if (wrt[i]) outputs.push_back(cotangents[i].defined() ? cotangents[i] : zeros_like(replayed.values[i]));
  return close(outputs, replayed, "vjp");
}

GraphRef make_jvp(const Graph& graph, const Mask& wrt) {
  Replayed replayed(graph, "jvp");
  std::vector<Array> tangents(graph.types.size());
  for (uint32_t i = 0; i < graph.input_count; ++i) {
    if (!wrt[i]) continue;
    replayed.inputs.push_back(make_placeholder(graph.types[i], "jvp", {}));
    if (is_inexact(graph.types[i]->dtype)) tangents[i] = replayed.inputs.back();
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    Arrays given;
    Mask wanted;
    uint8_t any = 0;
    for (ValueId operand : graph.operands_of(node)) {
      given.push_back(tangents[operand]);
      wanted.push_back(given.back().defined());
      any |= wanted.back();
    }
    Mask floating = inexact(replayed.outputs(node));
    if (!any || std::find(floating.begin(), floating.end(), 1) == floating.end()) continue;
    require_derivative(*node.op, graph.where[i]);
    SourceScope source(place_of(*node.op, graph.where[i]));
    Arrays in = replayed.operands(graph, node);
    RuleInput rule{*node.op, node.attrs->data.get(), node.attrs, in, replayed.outputs(node)};
    Arrays found = with_line(graph.where[i], [&] {
      return node.op->jvp ? node.op->jvp(rule, given) : through_body(rule, given, wanted, false);
    });
    check(*node.op, "jvp", found, rule.out);
    for (uint32_t k = 0; k < node.output_count; ++k)
      if (floating[k]) tangents[node.first_output + k] = found[k];
  }
  Arrays outputs;
  for (ValueId output : graph.outputs) outputs.push_back(replayed.values[output]);
  for (ValueId output : graph.outputs)
    if (is_inexact(graph.types[output]->dtype))
      outputs.push_back(tangents[output].defined() ? tangents[output] : zeros_like(replayed.values[output]));
  return close(outputs, replayed, "jvp");
}

}  // namespace

GraphRef vjp(const GraphRef& graph, const Mask& wrt) {
  return remembered("vjp", graph, wrt, derivative_names ? 1 : 0, [&] { return make_vjp(*graph, wrt); });
}

GraphRef jvp(const GraphRef& graph, const Mask& wrt) {
  return remembered("jvp", graph, wrt, derivative_names ? 1 : 0, [&] { return make_jvp(*graph, wrt); });
}

Arrays replay_joint(const Graph& joint, const Graph& graph, std::span<const Array> primal, std::span<const Array> extra,
                    std::source_location where) {
  Arrays known(primal.begin(), primal.begin() + graph.input_count);
  known.insert(known.end(), extra.begin(), extra.end());
  known.insert(known.end(), primal.begin() + graph.input_count, primal.end());
  Arrays values = replay_all(joint, known, where), outputs;
  for (size_t i = graph.outputs.size(); i < joint.outputs.size(); ++i) outputs.push_back(values[joint.outputs[i]]);
  return outputs;
}

}  // namespace koine::transform
