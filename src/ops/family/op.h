#pragma once
#include "ir/op_spec.h"
#include "ops_rows.h"

#include <koine/array.h>

#include <array>
#include <type_traits>

namespace koine::ir {
// Defined in ir/node.h, which rules do not need.
Arrays record(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where);
Array record_one(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where);
}  // namespace koine::ir

/// How an op's struct becomes a row of the op table. Every op file includes the header of its family,
/// which builds on this one.
namespace koine::ops {

using ir::Arrays;
using ir::BatchInput;
using ir::Cell;
using ir::Exemption;
using ir::field;
using ir::KernelInput;
using ir::Onnx;
using ir::Reason;
using ir::RuleInput;
using ir::Sample;
using ir::SampleInput;
using ir::TypeInput;
using ir::TypeValue;
using Tangents = std::span<const Array>;

struct NoAttrs {};

/// Which dtypes operands are brought to before an op sees them.
enum class Promote : uint8_t {
  none,    // each operand keeps its own; numbers take their default dtype
  all,     // all operands to their common dtype
  inexact  // the same, then integers and bool to float32
};
void promote_operands(Promote rule, std::span<ir::OperandDType> operands);

/// What every op has unless it says otherwise.
struct OpBase {
  using Attrs = NoAttrs;
  static constexpr std::array<ir::AttrField, 0> fields{};
  static constexpr const char* args[] = {"x"};
  static constexpr const char* outputs[] = {"y"};
  static constexpr Promote promote = Promote::none;
  static constexpr Onnx onnx{};
  static constexpr std::array<Exemption, 0> exemptions{};
  static constexpr const char* not_differentiable = nullptr;
  static constexpr bool can_fail = false;
  static constexpr int in_place = -1;
  static constexpr bool internal = false;
  static constexpr ir::Whole whole = ir::Whole::never;
  // Written by every op that users call, unless its family says the first.
  static constexpr const char* shapes = nullptr;
  static constexpr const char* example = nullptr;
};

/// A sample with the op's own attributes.
template <class T>
Sample sample(std::vector<SampleInput> in, typename T::Attrs attrs = {}) {
  return {std::move(in), ir::intern_attrs(spec<T>(), &attrs)};
}

/// Records an op from inside a rule: operands fit already, attributes are canonical.
template <class T>
Array record(std::initializer_list<Array> in, typename T::Attrs attrs = {}) {
  return ir::record_one(spec<T>(), ir::intern_attrs(spec<T>(), &attrs), {in.begin(), in.size()}, {});
}
/// The node's op with its own attributes on other operands.
Arrays again(const RuleInput& node, std::span<const Array> in);
Arrays again(const BatchInput& node, std::span<const Array> in);

/// The entry of the user's functions: promotion, canonical attributes, recording. `attrs` is changed.
Arrays invoke(const ir::OpSpec& op, std::span<const Arg> args, void* attrs);
/// The same for an op with one output; quick when it was called before on operands of the same types. Pointers, because
/// to copy operands that were just made is what the processor is slow at.
Array invoke_one(const ir::OpSpec& op, std::span<const Arg* const> args, void* attrs);

/// Axis as stored: negative, counted from the end. Throws IndexError naming the shape.
int64_t axis_from_end(int64_t axis, const Shape& shape);
inline void canonical_axis(int64_t& axis, const Shape& shape) { axis = axis_from_end(axis, shape); }
Axes axes_from_end(const Axes& axes, const Shape& shape);  // explicit, sorted, unique
/// The order of axes that undoes an order, both as stored.
Ints inverse_of(const Ints& order);

namespace detail {

template <class T>
inline constexpr bool has_attrs = !std::is_same_v<typename T::Attrs, NoAttrs>;
template <class T>
const typename T::Attrs& attrs_of(const void* attrs) {
  static const typename T::Attrs nothing{};
  if constexpr (has_attrs<T>)
    return *static_cast<const typename T::Attrs*>(attrs);
  else
    return nothing;
}
inline Arrays to_arrays(Array y) {
  Arrays list;
  list.push_back(std::move(y));
  return list;
}
inline Arrays to_arrays(Arrays list) { return list; }
inline std::vector<TypeValue> to_types(TypeValue y) { return {std::move(y)}; }
inline std::vector<TypeValue> to_types(std::vector<TypeValue> list) { return list; }

template <class T>
constexpr ir::AttrLayout layout() {
  ir::AttrLayout layout;
  if constexpr (has_attrs<T>) {
    using Attrs = typename T::Attrs;
    layout.fields = T::fields;
    layout.make = []() -> std::shared_ptr<void> { return std::make_shared<Attrs>(); };
    layout.copy = [](const void* attrs) -> std::shared_ptr<void> {
      return std::make_shared<Attrs>(*static_cast<const Attrs*>(attrs));
    };
  }
  return layout;
}

}  // namespace detail

/// What a family does not supply, an op writes as static functions with these signatures:
///   TypeValue or vector<TypeValue> infer(const TypeInput&, const Attrs&)
///   void   normalize(Attrs&, const TypeInput&)
///   Array  instead(const OpSpec&, std::span<const Arg>)
///   Arrays jvp(const RuleInput&, const Attrs&, Tangents tangents)
///   Arrays vjp(const RuleInput&, const Attrs&, Tangents cotangents)
///   Arrays vmap(const BatchInput&, const Attrs&, std::span<uint8_t> out_batched)
///   void   reference(const KernelInput&, const Attrs&)
///   vector<Sample> samples()
template <class T>
constexpr void fill_facts(ir::OpSpec& row) {
  row.doc = T::doc;
  row.shapes = T::shapes;
  row.example = T::example;
  row.args = T::args;
  row.outputs = T::outputs;
  row.attrs = detail::layout<T>();
  row.onnx = T::onnx;
  row.exemptions = T::exemptions;
  row.not_differentiable = T::not_differentiable;
  row.can_fail = T::can_fail;
  row.in_place = T::in_place;
  row.internal = T::internal;
  row.whole = T::whole;
  row.operand_dtypes = [](const ir::OpSpec&, std::span<ir::OperandDType> operands) {
    promote_operands(T::promote, operands);
  };
}

template <class T>
constexpr void fill_own_rules(ir::OpSpec& row) {
  using detail::attrs_of;
  if constexpr (requires { &T::operand_dtypes; })
    row.operand_dtypes = [](const ir::OpSpec&, std::span<ir::OperandDType> operands) { T::operand_dtypes(operands); };
  if constexpr (requires { &T::instead; }) row.instead = &T::instead;
  if constexpr (requires { &T::normalize; })
    row.normalize = [](void* attrs, const TypeInput& input) {
      T::normalize(*static_cast<typename T::Attrs*>(attrs), input);
    };
  if constexpr (requires { &T::infer; })
    row.infer = [](const TypeInput& in) { return detail::to_types(T::infer(in, attrs_of<T>(in.attrs))); };
  if constexpr (requires { &T::jvp; })
    row.jvp = [](const RuleInput& node, Tangents t) {
      return detail::to_arrays(T::jvp(node, attrs_of<T>(node.attrs), t));
    };
  if constexpr (requires { &T::vjp; })
    row.vjp = [](const RuleInput& node, Tangents ct) {
      return detail::to_arrays(T::vjp(node, attrs_of<T>(node.attrs), ct));
    };
  if constexpr (requires { &T::vmap; })
    row.vmap = [](const BatchInput& node, std::span<uint8_t> out_batched) {
      return detail::to_arrays(T::vmap(node, attrs_of<T>(node.attrs), out_batched));
    };
  if constexpr (requires { &T::reference; })
    row.reference = [](const KernelInput& kernel) { T::reference(kernel, attrs_of<T>(kernel.attrs)); };
  if constexpr (requires { &T::samples; }) row.samples = &T::samples;
}

/// The row of an op: its facts, then its family's rules, then its own.
template <class T>
constexpr ir::OpSpec make_spec(const char* name, const char* file) {
  ir::OpSpec row;
  row.name = name;
  row.file = file;
  fill_facts<T>(row);
  T::template complete<T>(row);
  fill_own_rules<T>(row);
  return row;
}

/// Fails with a readable message when an op lacks a rule that its family cannot supply.
constexpr bool is_complete(const ir::OpSpec& row) {
  return row.samples && (row.internal || (row.doc && row.shapes && row.example)) &&
         (row.body || (row.infer && row.vmap && row.reference && (row.not_differentiable || (row.jvp && row.vjp))));
}

}  // namespace koine::ops
