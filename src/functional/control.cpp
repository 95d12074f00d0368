#include "base/format.h"
#include "functional/recorded.h"
#include "ops/control/checkpoint.h"
#include "ops/control/cond.h"
#include "ops/control/scan.h"
#include "ops/control/while_loop.h"

#include <algorithm>
#include <functional>
#include <optional>
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

List choose(const Arg& index, const std::vector<Callable>& branches, const List& operands) {
  const std::source_location where = index.where();
  if (branches.empty()) throw ValueError(cat("[switch_case] there is nothing to choose from", at_line(where)));
  const Array which = index.is_array() ? index.array() : scalar_array(index.number());
  if (!is_integer(which.dtype()) || which.rank() != 0)
    throw DTypeError(cat("[switch_case] the index should be an integer without axes, got ",
                         ir::to_string(*ir::type_of(which)), at_line(where)));
  // A tree of choices between halves: [first, last) of the branches.
  const std::function<List(const List&, size_t, size_t)> among = [&](const List& in, size_t first, size_t last) {
    if (last - first == 1) return branches[first](List(in.begin() + 1, in.end()));
    const size_t middle = first + (last - first) / 2;
    auto low = [&](const List& inner) { return among(inner, first, middle); };
    auto high = [&](const List& inner) { return among(inner, middle, last); };
    return cond(Arg(less(in[0], static_cast<int64_t>(middle)), where), Callable(low), Callable(high), in);
  };
  return among(concat({which}, operands), 0, branches.size());
}

namespace {

/// The number that an argument has now, where it has one.
std::optional<int64_t> known(const Arg& number, const char* what, std::source_location where) {
  if (!number.is_array()) {
    if (number.number().kind() > Kind::integer)
      throw DTypeError(cat("[fori_loop] ", what, " should be an integer", at_line(where)));
    return number.number().integer();
  }
  const Array& x = number.array();
  if (!is_integer(x.dtype()) || x.rank() != 0)
    throw DTypeError(cat("[fori_loop] ", what, " should be an integer without axes, got ",
                         ir::to_string(*ir::type_of(x)), at_line(where)));
  if (x.traced()) return std::nullopt;
  return cast(x, {.dtype = int64}).item<int64_t>();
}

}  // namespace

List fori_loop(const Arg& start, const Arg& stop, Callable body, const List& init, std::source_location where) {
  const std::optional<int64_t> first = known(start, "start", where), end = known(stop, "stop", where);
  const bool fixed = first && end;
  const Array from = start.is_array() ? cast(start.array(), {.dtype = int64}) : scalar_array(start.number());
  const Array to = stop.is_array() ? cast(stop.array(), {.dtype = int64}) : scalar_array(stop.number());
  auto step = [&](const List& in) {
    List out = body(in);
    if (out.size() != init.size())
      throw ShapeError(cat("[fori_loop] the body gives ", out.size(), " arrays for ", init.size(), at_line(where)));
    out.insert(out.begin(), in[0] + 1);
    return out;
  };
  auto more = [&](const List& in) { return List{less(in[0], to)}; };
  const List carries = concat({from}, init);
  List out = fixed ? scan(Callable(step), carries, {}, std::max<int64_t>(0, *end - *first), false, where)
                   : while_loop(Callable(more), Callable(step), carries, 0, where);
  out.erase(out.begin());
  return out;
}

}  // namespace koine::detail
