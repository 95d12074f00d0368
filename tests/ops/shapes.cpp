// symbolic, zero_size: shape rules with symbols in place of sizes, and with sizes of zero.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/error.h>

#include <algorithm>
#include <optional>

namespace koine::optest {
namespace {

using namespace ir;

/// A call reduced to what shape rules see.
struct Types {
  const OpSpec* op;
  std::shared_ptr<void> attrs;
  std::vector<DType> dtypes;
  std::vector<Shape> shapes;  // of the operands

  std::vector<TypeRef> refs() const {
    std::vector<TypeRef> list;
    for (size_t i = 0; i < shapes.size(); ++i) list.push_back(intern_type(dtypes[i], shapes[i]));
    return list;
  }
  std::vector<TypeRef> result() const { return types_after(*op, attrs.get(), refs()); }
};

Types types_of_call(const Call& call) {
  Types types{call.op, call.attrs, {}, {}};
  for (const Tensor& operand : call.in) {
    types.dtypes.push_back(operand.dtype);
    types.shapes.emplace_back(operand.shape);
  }
  return types;
}

/// An axis of an operand, or of an attribute that is a Shape.
struct Place {
  bool in_attrs;
  size_t index;  // of the operand, or of the attribute's field
  int axis;
};
/// Axes whose sizes can only change together.
using Group = std::vector<Place>;

Dim size_at(const Types& types, const Place& place) {
  if (!place.in_attrs) return types.shapes[place.index][place.axis];
  return std::get<Shape>(types.op->attrs.fields[place.index].get(types.attrs.get()))[place.axis];
}

/// The types with another size in all places of the group.
Types with(const Types& types, const Group& group, Dim size) {
  Types result = types;
  result.attrs = copy_attrs(*types.op, types.attrs.get());
  for (const Place& place : group) {
    if (!place.in_attrs) {
      result.shapes[place.index][place.axis] = size;
      continue;
    }
    const AttrField& field = types.op->attrs.fields[place.index];
    Shape shape = std::get<Shape>(field.get(result.attrs.get()));
    shape[place.axis] = size;
    field.set(result.attrs.get(), shape);
  }
  return result;
}

bool accepted(const Types& types) {
  try {
    types.result();
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<Place> places_of(const Types& types) {
  std::vector<Place> places;
  auto add = [&](bool in_attrs, size_t index, const Shape& shape) {
    for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis)
      if (shape[axis].value() >= 2) places.push_back({in_attrs, index, axis});
  };
  for (size_t i = 0; i < types.shapes.size(); ++i) add(false, i, types.shapes[i]);
  for (size_t f = 0; f < types.op->attrs.fields.size(); ++f) {
    AttrValue value = types.op->attrs.fields[f].get(types.attrs.get());
    if (auto* shape = std::get_if<Shape>(&value)) add(true, f, *shape);
  }
  return places;
}

/// The sizes that the op leaves free, found by trying larger ones: a size alone, else with each of the equal sizes,
/// else with all of them. What cannot change at all is in no group.
std::vector<Group> groups_of(const Types& types) {
  auto grows = [&](const Group& group) {
    const int64_t size = size_at(types, group[0]).value();
    return accepted(with(types, group, size + 1)) && accepted(with(types, group, 3 * size + 2));
  };
  const std::vector<Place> places = places_of(types);
  std::vector<int> group_of(places.size(), -1);
  std::vector<Group> groups;
  auto join = [&](const std::vector<size_t>& members) {
    int id = -1;
    for (size_t m : members) id = std::max(id, group_of[m]);
    if (id < 0) id = static_cast<int>(groups.size()), groups.emplace_back();
    for (size_t m : members)
      if (group_of[m] < 0) {
        group_of[m] = id;
        groups[static_cast<size_t>(id)].push_back(places[m]);
      }
  };
  for (size_t i = 0; i < places.size(); ++i) {
    if (group_of[i] >= 0) continue;
    if (grows({places[i]})) {
      join({i});
      continue;
    }
    std::vector<size_t> equal{i};
    for (size_t j = 0; j < places.size(); ++j) {
      if (j == i || !same(size_at(types, places[i]), size_at(types, places[j]))) continue;
      equal.push_back(j);
      if (group_of[i] < 0 && grows({places[i], places[j]})) join({i, j});
    }
    Group all;
    for (size_t member : equal) all.push_back(places[member]);
    if (group_of[i] < 0 && equal.size() > 2 && grows(all)) join(equal);
  }
  return groups;
}

std::string symbol_name(size_t group) { return "s" + std::to_string(group); }

using Values = std::vector<std::pair<std::string, int64_t>>;

std::string compare_symbolic(const std::vector<TypeRef>& symbolic, const std::vector<TypeRef>& concrete,
                             const Values& values) {
  if (symbolic.size() != concrete.size()) return "another number of results";
  for (size_t k = 0; k < concrete.size(); ++k) {
    Shape shape;
    for (Dim size : symbolic[k]->shape) shape.push_back(substitute(size, values));
    if (symbolic[k]->dtype != concrete[k]->dtype || !equal_value(shape, concrete[k]->shape))
      return to_string(*symbolic[k]) + " becomes " + to_string(shape) + " where the concrete rule gives " +
             to_string(*concrete[k]);
  }
  return "";
}

/// The rule with the chosen groups symbolic, against the concrete rule for several sizes of each.
std::string symbolic_problem(const Types& types, const std::vector<Group>& groups, const std::vector<size_t>& chosen) {
  Types symbolic = types;
  for (size_t g : chosen) symbolic = with(symbolic, groups[g], Dim::symbol(symbol_name(g)));
  const std::vector<TypeRef> result = symbolic.result();
  for (int trial = 0; trial < 4; ++trial) {
    Types concrete = types;
    Values values;
    for (size_t g : chosen) {
      const int64_t size = size_at(types, groups[g][0]).value();
      const int64_t other[] = {size, size + 1, 2 * size + 3 + 2 * static_cast<int64_t>(g), 5 * size + 7};
      values.emplace_back(symbol_name(g), other[trial]);
      concrete = with(concrete, groups[g], other[trial]);
    }
    if (std::string text = compare_symbolic(result, concrete.result(), values); !text.empty()) return text;
  }
  return "";
}

/// The op's derivatives and batching rule on symbolic types: the transforms check the types that rules give.
std::string transforms_problem(const Types& types, const std::vector<Group>& groups) {
  Types symbolic = types;
  for (size_t g = 0; g < groups.size(); ++g) symbolic = with(symbolic, groups[g], Dim::symbol(symbol_name(g)));
  GraphRef graph = graph_of(*types.op, symbolic.attrs.get(), symbolic.refs());
  verify(*graph);
  if (types.shapes.empty()) return "";
  verify(*transform::vmap(graph, Mask(types.shapes.size(), 1), 3));
  try {
    verify(*transform::vmap(graph, Mask(types.shapes.size(), 1), Dim::symbol("batch")));
  } catch (const ShapeError&) {
    // Where an attribute would have to hold it, a batch must have a known size.
  }
  Mask wrt;
  for (DType dtype : types.dtypes) wrt.push_back(is_inexact(dtype));
  if (types.op->not_differentiable) return "";
  verify(*transform::jvp(graph, wrt));
  verify(*transform::vjp(graph, wrt));
  return "";
}

TEST_CASE("symbolic: shape rules with symbols agree with themselves on numbers") {
  for_each_op(Cell::symbolic, [](const OpSpec& op) {
    for (const Call& call : calls_of(op)) {
      const Types types = types_of_call(call);
      const std::vector<Group> groups = groups_of(types);
      if (groups.empty()) continue;
      std::vector<size_t> all;
      for (size_t g = 0; g < groups.size(); ++g) all.push_back(g);
      expect(describe(call), [&] { return symbolic_problem(types, groups, all); });
      for (size_t g : all)
        if (all.size() > 1) expect(describe(call), [&] { return symbolic_problem(types, groups, {g}); });
      expect(describe(call) + ", transformed", [&] { return transforms_problem(types, groups); });
    }
  });
}

/// The call with a group's sizes set to zero, or nothing when the op refuses it with a typed error.
std::optional<Types> emptied(const Types& types, const Group& group) {
  Types empty = with(types, group, 0);
  return accepted(empty) ? std::optional(empty) : std::nullopt;
}

Tensors operands_of(const Types& types, const Call& like) {
  Tensors in;
  for (size_t i = 0; i < types.shapes.size(); ++i) {
    std::vector<double> values;
    for (std::complex<double> value : numbers(like.in[i])) values.push_back(value.real());
    in.push_back(draw_operand({types.shapes[i], types.dtypes[i], 0, 1, values}, 1));
  }
  return in;
}

/// Everything that exists of the op runs at these sizes, and gives arrays of the types it promised.
std::string run_problem(const Types& types, const Tensors& in, bool smooth) {
  GraphRef graph = graph_of(*types.op, types.attrs.get(), types.refs());
  auto promised = [](const GraphRef& graph, const Tensors& got) -> std::string {
    for (size_t k = 0; k < got.size(); ++k)
      if (intern_type(got[k].dtype, Shape(got[k].shape)) != graph->output_type(k)) return "another type";
    return "";
  };
  if (std::string text = promised(graph, run(graph, in)); !text.empty()) return text;
  Tensors doubled;
  for (const Tensor& operand : in) doubled.push_back(stacked({operand, operand}));
  GraphRef batched = transform::vmap(graph, Mask(in.size(), 1), 2);
  if (std::string text = promised(batched, run(batched, doubled)); !text.empty()) return "vmap: " + text;
  if (!smooth) return "";
  const Mask wrt = inexact_mask(in);
  for (bool reverse : {false, true}) {
    GraphRef joint = reverse ? transform::vjp(graph, wrt) : transform::jvp(graph, wrt);
    Tensors all = in;
    for (size_t i = in.size(); i < joint->input_count; ++i) {
      Shape shape = joint->types[i]->shape;
      std::vector<int64_t> sizes;
      for (Dim size : shape) sizes.push_back(size.value());
      all.push_back(draw_direction(joint->types[i]->dtype, sizes, i));
    }
    if (std::string text = promised(joint, run(joint, all)); !text.empty()) return (reverse ? "vjp: " : "jvp: ") + text;
  }
  return "";
}

TEST_CASE("zero_size: an axis of no elements works everywhere, or is refused at the call") {
  for_each_op(Cell::zero_size, [](const OpSpec& op) {
    for (const Call& call : calls_of(op)) {
      const Types types = types_of_call(call);
      for (const Group& group : groups_of(types)) {
        expect(describe(call) + ", an axis of zero", [&]() -> std::string {
          std::optional<Types> empty = emptied(types, group);
          if (!empty) return "";
          try {
            return run_problem(*empty, operands_of(*empty, call), !op.not_differentiable);
          } catch (const IndexError&) {
            return "";  // no index is within an axis of no elements
          }
        });
      }
      // A batch of none.
      if (call.in.empty()) continue;
      expect(describe(call) + ", a batch of zero", [&]() -> std::string {
        GraphRef batched = transform::vmap(graph_of(call), Mask(call.in.size(), 1), 0);
        Tensors none;
        for (Tensor operand : call.in) {
          operand.shape.insert(operand.shape.begin(), 0);
          operand.bytes.clear();
          none.push_back(operand);
        }
        Tensors got = run(batched, none);
        for (const Tensor& result : got)
          if (count(result) != 0) return "a batch of none gave elements";
        return "";
      });
    }
  });
}

}  // namespace
}  // namespace koine::optest
