#include "ops/family/op.h"

#include "base/dtype_traits.h"
#include "base/format.h"
#include "base/number.h"
#include "ir/node.h"
#include "ir/record.h"
#include "ir/rethrow.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace koine::ops {

void promote_operands(Promote rule, std::span<ir::OperandDType> operands) {
  constexpr DType defaults[] = {bool_, int64, float32, complex64};
  if (rule == Promote::none) {
    for (ir::OperandDType& operand : operands)
      if (operand.number) operand.dtype = defaults[static_cast<int>(operand.kind)];
    return;
  }
  // bool gives way to everything.
  DType common = bool_;
  for (const ir::OperandDType& operand : operands)
    if (!operand.number) common = promote(common, operand.dtype);
  for (const ir::OperandDType& operand : operands)
    if (operand.number) common = promote_weak(common, operand.kind);
  if (rule == Promote::inexact && !is_inexact(common)) common = float32;
  for (ir::OperandDType& operand : operands) operand.dtype = common;
}

Arrays again(const RuleInput& node, std::span<const Array> in) { return ir::record(node.op, node.box, in, {}); }
Arrays again(const BatchInput& node, std::span<const Array> in) { return ir::record(node.op, node.box, in, {}); }

int64_t axis_from_end(int64_t axis, const Shape& shape) {
  auto rank = static_cast<int64_t>(shape.size());
  if (axis < -rank || axis >= rank)
    throw IndexError(cat("axis ", axis, " is out of range for shape ", to_string(shape)));
  return axis < 0 ? axis : axis - rank;
}

Axes axes_from_end(const Axes& axes, const Shape& shape) {
  Ints list;
  if (axes.is_all())
    for (int64_t axis = -static_cast<int64_t>(shape.size()); axis < 0; ++axis) list.push_back(axis);
  else
    for (int64_t axis : axes.list()) list.push_back(axis_from_end(axis, shape));
  std::sort(list.begin(), list.end());
  if (std::adjacent_find(list.begin(), list.end()) != list.end())
    throw ValueError(cat("an axis is named twice for shape ", to_string(shape)));
  return Axes(list);
}

Ints inverse_of(const Ints& order) {
  Ints inverse;
  for (int64_t axis = -static_cast<int64_t>(order.size()); axis < 0; ++axis)
    inverse.push_back(std::find(order.begin(), order.end(), axis) - order.end());
  return inverse;
}

namespace {

bool is_small_exact(const Number& number) {
  if (number.kind() != Kind::floating) return number.kind() != Kind::complex;
  double value = number.real();
  return value == 0 ? !std::signbit(value) : value == 1 || value == -1 || value == 2 || value == 0.5;
}

// Integers, small exact numbers and the literals of op bodies are part of the graph; other numbers are
// run-time slots, so that a learning rate never makes a new program.
Array number_array(const Number& given, DType dtype) {
  check_fits(given, dtype);
  const Number number = storable(given);
  if (ir::BodyScope::active() || is_small_exact(number)) return full({.shape = {}, .value = number, .dtype = dtype});
  const std::complex<double> wide{number.real(), number.imag()};
  std::byte stored[sizeof(wide)] = {};
  store_wide(dtype, &wide, 1, stored);
  return from_bytes(dtype, {}, stored);
}

std::string name_operands(std::span<const Arg> args) {
  std::string text = "\n  operands:";
  for (const Arg& arg : args)
    text += arg.is_array() ? " " + (arg.array().defined() ? ir::to_string(*ir::type_of(arg.array())) : "empty")
                           : " " + ir::to_string(ir::AttrValue(arg.number()));
  return text;
}

ir::OperandDType before_promotion(const Arg& arg) {
  if (arg.is_array()) return {arg.array().dtype()};
  return {bool_, true, arg.number().kind()};
}

/// Few operands that have the op's dtypes already; numbers become arrays in `made`. False when that cannot be.
bool as_they_are(const ir::OpSpec& op, std::span<const Arg* const> args, std::span<Array> made) {
  ir::OperandDType dtypes[ir::most_known_operands];
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i]->is_array() && !args[i]->array().defined()) return false;
    dtypes[i] = before_promotion(*args[i]);
  }
  op.operand_dtypes(op, {dtypes, args.size()});
  for (size_t i = 0; i < args.size(); ++i)
    if (args[i]->is_array() && args[i]->array().dtype() != dtypes[i].dtype) return false;
  for (size_t i = 0; i < args.size(); ++i)
    if (!args[i]->is_array()) made[i] = number_array(args[i]->number(), dtypes[i].dtype);
  return true;
}

/// The next call on such operands is a known one, if none of them had to be cast.
void remember(const ir::AttrRef& given, std::span<const Array> in, const Array& out) {
  const ir::OpSpec& op = *given->op;
  if (op.outputs.size() != 1) return;
  std::vector<ir::OperandDType> dtypes;
  for (const Array& operand : in) dtypes.push_back({operand.dtype()});
  if (!dtypes.empty()) op.operand_dtypes(op, dtypes);
  for (size_t i = 0; i < in.size(); ++i)
    if (dtypes[i].dtype != in[i].dtype()) return;
  ir::remember_call(in, given, out);
}

/// A known call with numbers among its operands, or an empty array.
Array invoke_with_numbers(const ir::OpSpec& op, std::span<const Arg* const> args, void* attrs) {
  SourceScope scope(ir::current_source(args[0]->where()));
  Array made[ir::most_known_operands];
  try {
    if (!as_they_are(op, args, made)) return {};
  } catch (const Error&) {
    return {};  // said later, with the operands and the line
  }
  const Arg numbers[ir::most_known_operands] = {made[0], made[1], made[2]};
  const Arg* arrays[ir::most_known_operands];
  for (size_t i = 0; i < args.size(); ++i) arrays[i] = args[i]->is_array() ? args[i] : &numbers[i];
  return ir::record_known(op, {arrays, args.size()}, attrs);
}

/// Not part of invoke_one, which it would make slower where it is not needed.
[[gnu::noinline]] Array invoke_otherwise(const ir::OpSpec& op, std::span<const Arg* const> args, void* attrs) {
  const auto is_number = [](const Arg* arg) { return !arg->is_array(); };
  if (args.size() <= ir::most_known_operands && std::ranges::any_of(args, is_number))
    if (Array out = invoke_with_numbers(op, args, attrs); out.defined()) return out;
  std::vector<Arg> list;
  for (const Arg* arg : args) list.push_back(*arg);
  return invoke(op, list, attrs)[0];
}

}  // namespace

Array invoke_one(const ir::OpSpec& op, std::span<const Arg* const> args, void* attrs) {
  Array out = ir::record_known(op, args, attrs);
  if (!out.defined()) out = invoke_otherwise(op, args, attrs);
  return out;
}

Arrays invoke(const ir::OpSpec& op, std::span<const Arg> args, void* attrs) {
  std::source_location where = ir::current_source(args.empty() ? std::source_location() : args[0].where());
  SourceScope scope(where);
  try {
    if (op.instead)
      if (Array out = op.instead(op, args); out.defined()) return {out};
    std::vector<ir::OperandDType> dtypes;
    for (const Arg& arg : args) dtypes.push_back(before_promotion(arg));
    if (!dtypes.empty()) op.operand_dtypes(op, dtypes);
    Arrays in;
    std::vector<ir::TypeRef> types;
    for (size_t i = 0; i < args.size(); ++i) {
      const Arg& arg = args[i];
      if (!arg.is_array())
        in.push_back(number_array(arg.number(), dtypes[i].dtype));
      else if (arg.array().dtype() == dtypes[i].dtype)
        in.push_back(arg.array());
      else
        in.push_back(cast(arg.array(), {.dtype = dtypes[i].dtype}));
      types.push_back(ir::type_of(in.back()));
    }
    ir::AttrRef given = ir::intern_attrs(op, attrs);
    if (op.normalize) op.normalize(attrs, {op, types, attrs});
    Arrays out = ir::record(op, ir::intern_attrs(op, attrs), in, where);
    remember(given, in, out[0]);
    return out;
  } catch (const Error& error) {
    std::string text = error.what();
    if (text.find("\n  at ") != std::string::npos) throw;
    if (text.empty() || text[0] != '[') text = cat("[", op.name, "] ", text);
    ir::rethrow_with(error, cat(text, name_operands(args), "\n  at ", ir::to_string(where)));
  }
}

}  // namespace koine::ops
