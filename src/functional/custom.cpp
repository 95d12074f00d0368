#include "base/format.h"
#include "functional/recorded.h"
#include "ir/trace_end.h"
#include "ops/control/custom_jvp.h"
#include "ops/control/custom_vjp.h"

#include <algorithm>

/// Derivatives of one's own: the functions become graphs of the arguments, and of what they reach from outside.
namespace koine::detail {

namespace {

/// What the functions reach from outside or made themselves, such as arange(3): operands in front, about which the
/// rules say nothing.
ir::Arrays constants_of(std::initializer_list<const ir::Captured*> captured) {
  ir::Arrays constants;
  for (const ir::Captured* one : captured)
    for (const Array& x : one->outside)
      if (std::none_of(constants.begin(), constants.end(), [&](const Array& y) { return y.out() == x.out(); }))
        constants.push_back(x);
  return constants;
}

/// Replays a captured graph on its own inputs and those of the constants that it reaches.
ir::Arrays replay_with(const ir::Captured& captured, ir::Arrays own, const ir::Arrays& constants,
                       std::span<const Array> given) {
  for (const Array& x : captured.outside)
    for (size_t i = 0; i < constants.size(); ++i)
      if (constants[i].out() == x.out()) own.push_back(given[i]);
  return ir::replay(*captured.graph, own);
}

std::vector<ir::TypeRef> joined(std::initializer_list<std::vector<ir::TypeRef>> lists) {
  std::vector<ir::TypeRef> all;
  for (const auto& list : lists)
    for (ir::TypeRef type : list)
      if (type) all.push_back(type);
  return all;
}

/// History of what is read while functions are recorded on arguments that have values.
struct History {
  History() { ir::enter_tape(); }
  ~History() { ir::leave_tape(); }
  History(const History&) = delete;
  History& operator=(const History&) = delete;
};

/// Records f on its arguments: those that have values are given as they are, under names of their own, so that f may
/// read them; the others as placeholders, as those of a null array and its type.
ir::Captured record(const Callable& f, const List& arguments, const std::vector<ir::TypeRef>& types, const char* name,
                    std::source_location where) {
  List leaves;
  ir::Arrays placeholders;
  for (size_t i = 0; i < types.size(); ++i) {
    const bool has_value = i < arguments.size() && arguments[i].defined() && !arguments[i].traced();
    if (has_value) {
      leaves.push_back(identity(arguments[i]));
      ir::mark_taped(leaves.back());
    } else {
      leaves.push_back(types[i] ? ir::make_placeholder(types[i], name, where) : Array());
      placeholders.push_back(leaves.back());
    }
  }
  const uint64_t since = ir::next_serial();
  ir::TraceEnd end(placeholders);
  const List results = f(leaves);
  require_defined(results, name, where);
  return ir::capture(results, defined(leaves), since);
}

List outputs_of(const ir::Captured& captured) {
  List outputs;
  for (ir::ValueId value : captured.graph->outputs) outputs.push_back(captured.primal[value]);
  return outputs;
}

/// Throws ShapeError unless a rule gives the results of the function first, and as many more as are said.
void check_results(const ir::Captured& function, const ir::Captured& rule, const char* name, const char* what,
                   std::source_location where) {
  const ir::Graph &own = *function.graph, &other = *rule.graph;
  if (other.outputs.size() < own.outputs.size())
    throw ShapeError(cat("[", name, "] ", what, " should give the function's results first", at_line(where)));
  for (size_t k = 0; k < own.outputs.size(); ++k)
    if (other.output_type(k) != own.output_type(k))
      throw ShapeError(cat("[", name, "] ", what, " gives ", ir::to_string(*other.output_type(k)), " as result ", k,
                           ", where the function gives ", ir::to_string(*own.output_type(k)), at_line(where)));
}

/// A type for each that can have a derivative, else null.
std::vector<ir::TypeRef> inexact_types(const std::vector<ir::TypeRef>& types) {
  std::vector<ir::TypeRef> list;
  for (ir::TypeRef type : types) list.push_back(type && is_inexact(type->dtype) ? type : nullptr);
  return list;
}

}  // namespace

List custom_vjp(Callable f, Callable forward, Callable backward, const List& leaves, std::source_location where) {
  SourceScope scope(where);
  History history;
  ir::BodyScope body;  // numbers are part of the graphs, not arrays from outside
  std::vector<ir::TypeRef> types = types_of(leaves);
  ir::Captured function = record(f, leaves, types, "custom_vjp", where),
               kept = record(forward, leaves, types, "custom_vjp", where);
  check_results(function, kept, "custom_vjp", "forward", where);
  const size_t results = function.graph->outputs.size();
  List residuals = outputs_of(kept);
  residuals.erase(residuals.begin(), residuals.begin() + static_cast<std::ptrdiff_t>(results));
  std::vector<ir::TypeRef> residual_types = types_of(residuals), cotangents;
  for (size_t k = 0; k < results; ++k)
    cotangents.push_back(is_inexact(function.graph->output_type(k)->dtype) ? function.graph->output_type(k) : nullptr);
  std::vector<ir::TypeRef> in = residual_types;
  in.insert(in.end(), cotangents.begin(), cotangents.end());
  ir::Captured rule = record(backward, residuals, in, "custom_vjp", where);
  std::vector<ir::TypeRef> wanted = joined({inexact_types(types)});
  bool fit = rule.graph->outputs.size() == wanted.size();
  for (size_t k = 0; fit && k < wanted.size(); ++k) fit = rule.graph->output_type(k) == wanted[k];
  if (!fit)
    throw ShapeError(cat("[custom_vjp] backward must give one cotangent like each floating argument", at_line(where)));
  const ir::Arrays constants = constants_of({&function, &kept, &rule});
  const std::vector<ir::TypeRef> first = types_of(constants);
  const size_t n = constants.size(), kept_count = residuals.size();
  auto over_operands = [&](const ir::Captured& captured, bool keeps_constants) {
    return ops::make_graph(joined({first, types}), "custom_vjp", [&](std::span<const Array> all) {
      ir::Arrays out =
          replay_with(captured, {all.begin() + static_cast<std::ptrdiff_t>(n), all.end()}, constants, all.first(n));
      if (keeps_constants) out.insert(out.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
      return out;
    });
  };
  // Backward reaches the constants as further residuals.
  ir::GraphRef back =
      ops::make_graph(joined({residual_types, first, cotangents}), "custom_vjp", [&](std::span<const Array> all) {
        ir::Arrays own(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept_count));
        own.insert(own.end(), all.begin() + static_cast<std::ptrdiff_t>(kept_count + n), all.end());
        return replay_with(rule, std::move(own), constants, all.subspan(kept_count, n));
      });
  ir::Arrays operands = constants;
  for (const Array& x : defined(leaves)) operands.push_back(x);
  return ops::CustomVjp::call(
      {{over_operands(function, false), over_operands(kept, true), back}, static_cast<int64_t>(n)}, operands);
}

List custom_jvp(Callable f, Callable rule, const List& leaves, std::source_location where) {
  SourceScope scope(where);
  History history;
  ir::BodyScope body;
  std::vector<ir::TypeRef> types = types_of(leaves), tangents = inexact_types(types);
  std::vector<ir::TypeRef> in = types;
  in.insert(in.end(), tangents.begin(), tangents.end());
  ir::Captured function = record(f, leaves, types, "custom_jvp", where),
               both = record(rule, leaves, in, "custom_jvp", where);
  check_results(function, both, "custom_jvp", "the rule", where);
  std::vector<ir::TypeRef> wanted, found;
  for (size_t k = 0; k < both.graph->outputs.size(); ++k) {
    ir::TypeRef type = both.graph->output_type(k);
    if (k >= function.graph->outputs.size())
      found.push_back(type);
    else if (is_inexact(type->dtype))
      wanted.push_back(type);
  }
  if (found != wanted)
    throw ShapeError(cat("[custom_jvp] the rule should give one tangent like each floating result", at_line(where)));
  const ir::Arrays constants = constants_of({&function, &both});
  const std::vector<ir::TypeRef> first = types_of(constants);
  const size_t n = constants.size(), own_count = defined(leaves).size();
  ir::GraphRef value = ops::make_graph(joined({first, types}), "custom_jvp", [&](std::span<const Array> all) {
    return replay_with(function, {all.begin() + static_cast<std::ptrdiff_t>(n), all.end()}, constants, all.first(n));
  });
  ir::GraphRef pair = ops::make_graph(joined({first, types, tangents}), "custom_jvp", [&](std::span<const Array> all) {
    std::span<const Array> at = all.subspan(n, own_count), along = all.subspan(n + own_count);
    return replay_with(both, ops::concat({at, along}), constants, all.first(n));
  });
  ir::Arrays operands = constants;
  for (const Array& x : defined(leaves)) operands.push_back(x);
  return ops::CustomJvp::call({{value, pair}, static_cast<int64_t>(n)}, operands);
}

}  // namespace koine::detail
