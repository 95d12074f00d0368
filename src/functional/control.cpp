#include "base/format.h"
#include "functional/recorded.h"
#include "ops/control/checkpoint.h"
#include "ops/control/cond.h"
#include "ops/control/custom_jvp.h"
#include "ops/control/custom_vjp.h"
#include "ops/control/scan.h"
#include "ops/control/while_loop.h"

#include <algorithm>
#include <unordered_map>

/// Control flow of functions: traced to graphs, what they reach from outside becomes operands.
namespace koine::detail {

namespace {

/// Arrays, each once, with their places.
class Distinct {
 public:
  void add(const Array& x) {
    if (places_.emplace(x.out(), arrays_.size()).second) arrays_.push_back(x);
  }
  const ir::Arrays& arrays() const { return arrays_; }
  size_t size() const { return arrays_.size(); }
  size_t place_of(const Array& x) const { return places_.at(x.out()); }

 private:
  ir::Arrays arrays_;
  std::unordered_map<const ir::Out*, size_t> places_;
};

/// Several traced functions of the same leaves with one common list of arrays from outside, in front.
struct Bodies {
  ir::Graphs graphs;
  ir::Arrays outside;
};

Bodies join(std::initializer_list<ir::Captured> captured, const std::vector<ir::TypeRef>& types) {
  Distinct outside;
  for (const ir::Captured& one : captured)
    for (const Array& x : one.outside) outside.add(x);
  Bodies bodies{{}, outside.arrays()};
  std::vector<ir::TypeRef> all = types_of(bodies.outside);
  all.insert(all.end(), types.begin(), types.end());
  for (const ir::Captured& one : captured)
    bodies.graphs.push_back(ops::make_graph(all, "body", [&](std::span<const Array> in) {
      ir::Arrays own(in.begin() + static_cast<std::ptrdiff_t>(outside.size()), in.end());
      for (const Array& x : one.outside) own.push_back(in[outside.place_of(x)]);
      return ir::replay(*one.graph, own);
    }));
  return bodies;
}

std::vector<ir::TypeRef> defined_types(const List& leaves) {
  std::vector<ir::TypeRef> types = types_of(leaves);
  std::erase(types, nullptr);
  return types;
}

List concat(const List& a, const List& b) {
  List all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

/// What the functions of a custom derivative made themselves, such as arange(3): operands in front, which have no
/// derivative. Throws TraceError for arrays from outside: their gradient would be lost in silence.
Distinct constants_of(std::initializer_list<const ir::Captured*> captured, uint64_t since, const char* transform,
                      std::source_location where) {
  Distinct constants;
  for (const ir::Captured* one : captured)
    for (const Array& x : one->outside) {
      const ir::Node* node = ir::node_of(x);
      if (node->op || node->abstract || node->taped || node->serial < since)
        throw TraceError(cat("[", transform, "] the functions reach ", ir::to_string(*ir::type_of(x)), " made at ",
                             ir::to_string(node->where), " from outside: pass it as an argument", at_line(where)));
      constants.add(x);
    }
  return constants;
}

/// Replays a captured graph on its own inputs and those of the constants that it reaches.
ir::Arrays replay_with(const ir::Captured& captured, ir::Arrays own, const Distinct& constants,
                       std::span<const Array> given) {
  for (const Array& x : captured.outside) own.push_back(given[constants.place_of(x)]);
  return ir::replay(*captured.graph, own);
}

std::vector<ir::TypeRef> joined(std::initializer_list<std::vector<ir::TypeRef>> lists) {
  std::vector<ir::TypeRef> all;
  for (const auto& list : lists)
    for (ir::TypeRef type : list)
      if (type) all.push_back(type);
  return all;
}

}  // namespace

List checkpoint(Callable f, const List& leaves, std::source_location where) {
  SourceScope scope(where);
  Bodies bodies = join({trace_leaves(f, types_of(leaves), "checkpoint", where)}, defined_types(leaves));
  return ops::Checkpoint::call(bodies.graphs[0], concat(bodies.outside, defined(leaves)));
}

List cond(const Arg& predicate, Callable yes, Callable no, const List& operands) {
  std::source_location where = predicate.where();
  SourceScope scope(where);
  std::vector<ir::TypeRef> types = types_of(operands);
  Bodies bodies =
      join({trace_leaves(yes, types, "cond", where), trace_leaves(no, types, "cond", where)}, defined_types(operands));
  return ops::Cond::call({bodies.graphs, {}},
                         concat({predicate.is_array() ? predicate.array() : scalar_array(predicate.number())},
                                concat(bodies.outside, defined(operands))));
}

List scan(Callable body, const List& init, const List& sequences, int64_t length, bool reverse,
          std::source_location where) {
  SourceScope scope(where);
  std::vector<ir::TypeRef> types = types_of(concat(init, sequences));
  Dim steps = length;
  for (size_t i = 0; i < sequences.size(); ++i) {
    if (!sequences[i].defined()) continue;
    Shape shape = sequences[i].shape();
    if (shape.empty()) throw ShapeError(cat("[scan] a sequence has no axis to walk", at_line(where)));
    if (same(steps, -1)) steps = shape[0];
    if (!same(steps, shape[0]))
      throw ShapeError(cat("[scan] sequences of different lengths: ", to_string(steps), " and ", to_string(shape[0]),
                           "", at_line(where)));
    shape.erase(0);
    types[init.size() + i] = ir::intern_type(sequences[i].dtype(), shape);
  }
  if (same(steps, -1)) throw ValueError(cat("[scan] without sequences it needs a length", at_line(where)));
  ir::Captured captured = trace_leaves(body, types, "scan", where);
  std::erase(types, nullptr);
  Bodies bodies = join({captured}, types);
  ir::Arrays carries = defined(init);
  List out = ops::Scan::call({bodies.graphs,
                              static_cast<int64_t>(bodies.outside.size()),
                              static_cast<int64_t>(carries.size()),
                              {steps},
                              reverse},
                             concat(bodies.outside, concat(carries, defined(sequences))));
  out.resize(out.size() - carries.size());
  return out;
}

List while_loop(Callable condition, Callable body, const List& init, int64_t max_steps, std::source_location where) {
  SourceScope scope(where);
  if (max_steps < 0) throw ValueError(cat("[while_loop] max_steps is negative", at_line(where)));
  std::vector<ir::TypeRef> types = types_of(init);
  Bodies bodies =
      join({trace_leaves(condition, types, "while_loop", where), trace_leaves(body, types, "while_loop", where)},
           defined_types(init));
  List out = ops::WhileLoop::call({bodies.graphs, static_cast<int64_t>(bodies.outside.size()), max_steps},
                                  concat(bodies.outside, defined(init)));
  out.resize(defined(init).size());
  return out;
}

List custom_vjp(Callable f, Callable forward, Callable backward, const List& leaves, std::source_location where) {
  SourceScope scope(where);
  ir::BodyScope body;  // numbers are part of the graphs, not arrays from outside
  const uint64_t since = ir::next_serial();
  std::vector<ir::TypeRef> types = types_of(leaves);
  ir::Captured function = trace_leaves(f, types, "custom_vjp", where),
               kept = trace_leaves(forward, types, "custom_vjp", where);
  size_t results = function.graph->outputs.size();
  std::vector<ir::TypeRef> residuals, cotangents;
  for (size_t k = results; k < kept.graph->outputs.size(); ++k) residuals.push_back(kept.graph->output_type(k));
  for (size_t k = 0; k < results; ++k)
    cotangents.push_back(is_inexact(function.graph->output_type(k)->dtype) ? function.graph->output_type(k) : nullptr);
  std::vector<ir::TypeRef> in = residuals;
  in.insert(in.end(), cotangents.begin(), cotangents.end());
  ir::Captured rule = trace_leaves(backward, in, "custom_vjp", where);
  std::vector<ir::TypeRef> wanted;
  for (const Array& leaf : defined(leaves))
    if (is_inexact(leaf.dtype())) wanted.push_back(ir::type_of(leaf));
  bool fit = rule.graph->outputs.size() == wanted.size();
  for (size_t k = 0; fit && k < wanted.size(); ++k) fit = rule.graph->output_type(k) == wanted[k];
  if (!fit)
    throw ShapeError(cat("[custom_vjp] backward must give one cotangent like each floating argument", at_line(where)));
  const Distinct constants = constants_of({&function, &kept, &rule}, since, "custom_vjp", where);
  const std::vector<ir::TypeRef> first = types_of(constants.arrays());
  const size_t n = constants.size(), kept_count = residuals.size();
  auto over_operands = [&](const ir::Captured& captured, bool keeps_constants) {
    return ops::make_graph(joined({first, types}), "custom_vjp", [&](std::span<const Array> all) {
      ir::Arrays out =
          replay_with(captured, {all.begin() + static_cast<std::ptrdiff_t>(n), all.end()}, constants, all.first(n));
      if (keeps_constants) out.insert(out.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
      return out;
    });
  };
  ir::GraphRef back =
      ops::make_graph(joined({residuals, first, cotangents}), "custom_vjp", [&](std::span<const Array> all) {
        ir::Arrays own(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept_count));
        own.insert(own.end(), all.begin() + static_cast<std::ptrdiff_t>(kept_count + n), all.end());
        ir::Arrays out;
        for (const Array& x : constants.arrays())
          if (is_inexact(x.dtype())) out.push_back(zeros_like(x));
        ir::Arrays found = replay_with(rule, std::move(own), constants, all.subspan(kept_count, n));
        out.insert(out.end(), found.begin(), found.end());
        return out;
      });
  return ops::CustomVjp::call({{over_operands(function, false), over_operands(kept, true), back}},
                              concat(constants.arrays(), defined(leaves)));
}

List custom_jvp(Callable f, Callable rule, const List& leaves, std::source_location where) {
  SourceScope scope(where);
  ir::BodyScope body;
  const uint64_t since = ir::next_serial();
  std::vector<ir::TypeRef> types = types_of(leaves), tangents;
  for (ir::TypeRef type : types) tangents.push_back(type && is_inexact(type->dtype) ? type : nullptr);
  std::vector<ir::TypeRef> in = types;
  in.insert(in.end(), tangents.begin(), tangents.end());
  ir::Captured function = trace_leaves(f, types, "custom_jvp", where),
               both = trace_leaves(rule, in, "custom_jvp", where);
  const Distinct constants = constants_of({&function, &both}, since, "custom_jvp", where);
  const std::vector<ir::TypeRef> first = types_of(constants.arrays());
  std::vector<ir::TypeRef> first_tangents;
  for (ir::TypeRef type : first) first_tangents.push_back(is_inexact(type->dtype) ? type : nullptr);
  const size_t n = constants.size(), own_count = defined(leaves).size(), skipped = joined({first_tangents}).size();
  ir::GraphRef value = ops::make_graph(joined({first, types}), "custom_jvp", [&](std::span<const Array> all) {
    return replay_with(function, {all.begin() + static_cast<std::ptrdiff_t>(n), all.end()}, constants, all.first(n));
  });
  ir::GraphRef pair =
      ops::make_graph(joined({first, types, first_tangents, tangents}), "custom_jvp", [&](std::span<const Array> all) {
        std::span<const Array> at = all.subspan(n, own_count), along = all.subspan(n + own_count + skipped);
        return replay_with(both, ops::concat({at, along}), constants, all.first(n));
      });
  return ops::CustomJvp::call({{value, pair}}, concat(constants.arrays(), defined(leaves)));
}

}  // namespace koine::detail
