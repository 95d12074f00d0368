#pragma once
#include "ir/graph.h"
#include "ops/family/op.h"
#include "transform/transforms.h"

/// Control flow: ops that hold graphs. Their rules transform those graphs and stay closed: the derivative of a scan
/// is a scan, of a cond a cond, so that every order and every mixture of transforms works.
namespace koine::ops {

struct Control : OpBase {
  static constexpr const char* args[] = {"operands..."};
  static constexpr const char* outputs[] = {"results..."};
  static constexpr bool internal = true;

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::control;
  }
};

using Mask = transform::Mask;

/// A graph over existing graphs: `f` gets arrays of the given types and returns the outputs.
template <class F>
ir::GraphRef make_graph(std::span<const ir::TypeRef> types, const char* name, F&& f) {
  ir::Captured captured = ir::trace(types, name, {}, f);
  if (!captured.outside.empty()) throw Error(std::string("[") + name + "] a rule used an array from outside");
  return ir::prune(*captured.graph);
}

std::vector<ir::TypeRef> input_types(const ir::Graph& graph);
std::vector<TypeValue> output_types(const ir::Graph& graph);
/// Operands must have the types that the graph was traced with.
void check_operands(const TypeInput& in, const ir::Graph& graph);

/// 1 where a value is floating or complex.
Mask inexact_mask(std::span<const Array> arrays);
/// The arrays where the mask is set; undefined ones become zeros like `like`.
Arrays chosen(std::span<const Array> arrays, std::span<const Array> like, const Mask& mask);
/// The inverse: undefined where the mask is not set.
Arrays spread(std::span<const Array> chosen, const Mask& mask);
/// In reverse: 1 where a cotangent is asked for.
Mask wanted_mask(const RuleInput& node);
/// 1 where an array is defined.
Mask defined_mask(std::span<const Array> arrays);
/// The mask with nothing chosen of the first ones.
Mask without_constants(Mask mask, size_t constants);
/// Throws NotDifferentiable where one of the first operands, which a custom rule says nothing about, is differentiated.
void refuse_outside(const char* transform, std::span<const uint8_t> wanted, size_t constants);
Arrays concat(std::initializer_list<std::span<const Array>> lists);
inline std::span<const Array> part(std::span<const Array> arrays, size_t first, size_t count) {
  return arrays.subspan(first, count);
}

}  // namespace koine::ops
