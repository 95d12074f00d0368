#include "functional/recorded.h"

#include "base/few.h"
#include "base/format.h"
#include "ir/call.h"
#include "ir/trace_end.h"

#include <algorithm>

namespace koine::detail {

void retain(Recorded* recorded) { recorded->count.fetch_add(1, std::memory_order_relaxed); }
void release(Recorded* recorded) {
  if (recorded->count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete recorded;
}

std::vector<ir::TypeRef> types_of(const List& leaves) {
  std::vector<ir::TypeRef> types;
  for (const Array& leaf : leaves) types.push_back(leaf.defined() ? ir::type_of(leaf) : nullptr);
  return types;
}

ir::Arrays defined(const List& leaves) {
  ir::Arrays list;
  for (const Array& leaf : leaves)
    if (leaf.defined()) list.push_back(leaf);
  return list;
}

void require_defined(const List& results, const char* transform, std::source_location where) {
  for (const Array& result : results)
    if (!result.defined())
      throw ValueError(cat("[", transform, "] the function returned an empty array", at_line(where)));
}

ir::Captured trace_leaves(const Callable& f, const std::vector<ir::TypeRef>& types, const char* transform,
                          std::source_location where, Flags* given) {
  uint64_t since = ir::next_serial();
  List leaves;
  for (ir::TypeRef type : types) leaves.push_back(type ? ir::make_placeholder(type, transform, where) : Array());
  ir::TraceEnd end(leaves);
  List results = f(leaves);
  if (given) {
    for (const Array& result : results) given->push_back(result.defined());
    // A gradient is empty where a leaf has none; a function that gives nothing at all is a mistake.
    List some = defined(results);
    if (!some.empty()) results = std::move(some);
  }
  require_defined(results, transform, where);
  ir::Captured captured = ir::capture(results, defined(leaves), since);
  for (const Array& x : captured.outside) ir::refuse_ended(x, where);
  return captured;
}

List with_empty(List results, const Flags& given) {
  if (results.size() == given.size()) return results;
  List all;
  size_t at = 0;
  for (uint8_t is_given : given) all.push_back(is_given ? results[at++] : Array());
  return all;
}

RecordedRef trace(Callable f, const List& leaves, const char* transform, std::source_location where) {
  Flags given;
  ir::Captured captured = trace_leaves(f, types_of(leaves), transform, where, &given);
  auto* recorded = new Recorded;
  recorded->given = std::move(given);
  recorded->graph = ir::prune(*captured.graph);
  recorded->outside = std::move(captured.outside);
  recorded->call = ir::call_of(recorded->graph);
  return RecordedRef(recorded);
}

List replay(const Recorded& recorded, const Leaves& leaves, std::source_location where) {
  Few<ir::Out*, 16> operands(leaves.size() + recorded.outside.size());
  size_t count = 0;
  for (const Array* leaf : leaves)
    if (leaf->defined()) operands[count++] = leaf->out();
  for (const Array& x : recorded.outside) operands[count++] = x.out();
  const std::span<ir::Out* const> in = operands.all().first(count);
  ir::Arrays out = ir::record_call(recorded.call, in, where);
  if (out.empty()) {
    ir::Arrays arrays;
    for (ir::Out* operand : in) arrays.push_back(Array::share(operand));
    out = ir::replay(*recorded.graph, arrays, where);
  }
  return with_empty(std::move(out), recorded.given);
}

List eval_shape(Callable f, const List& leaves, std::source_location where) {
  Flags given;
  const ir::Captured captured = trace_leaves(f, types_of(leaves), "eval_shape", where, &given);
  List results;
  for (size_t k = 0; k < captured.graph->outputs.size(); ++k)
    results.push_back(ir::make_placeholder(captured.graph->output_type(k), "eval_shape", where));
  return with_empty(std::move(results), given);
}

List values_of(const Recorded& recorded) { return recorded.primal; }

RecordedRef with_values(const Recorded& recorded, const List& values) {
  if (values.size() != recorded.primal.size())
    throw ValueError(cat("[vjp] a derivative has ", recorded.primal.size(), " recorded values, not ", values.size()));
  auto* other = new Recorded;
  other->graph = recorded.graph;
  other->primal = values;
  other->taken = recorded.taken;
  return RecordedRef(other);
}

bool is_like(const Recorded& a, const Recorded& b) {
  return (a.graph == b.graph || ir::same(*a.graph, *b.graph)) && a.taken == b.taken;
}

List outside_of(const Recorded& recorded) { return recorded.outside; }

List replay_with(const Recorded& recorded, const List& leaves, const List& outside, std::source_location where) {
  ir::Arrays in = defined(leaves);
  in.insert(in.end(), outside.begin(), outside.end());
  bool fit = in.size() == recorded.graph->input_count;
  for (size_t i = 0; fit && i < in.size(); ++i) fit = ir::type_of(in[i]) == recorded.graph->types[i];
  if (!fit)
    throw ShapeError(
        cat("[closure_convert] the arguments are others than those that the function was made for", at_line(where)));
  return with_empty(ir::replay(*recorded.graph, in, where), recorded.given);
}

bool reaches(const Recorded& recorded, const Array& x) {
  return std::any_of(recorded.outside.begin(), recorded.outside.end(),
                     [&](const Array& y) { return y.out() == x.out(); });
}

std::string to_string(const Recorded& recorded) { return ir::to_string(*recorded.graph); }

void add_types(std::string& key, const Leaves& leaves) {
  for (const Array* leaf : leaves) {
    ir::TypeRef type = leaf->defined() ? ir::type_of(*leaf) : nullptr;
    key.append(reinterpret_cast<const char*>(&type), sizeof(type));
  }
}

}  // namespace koine::detail
