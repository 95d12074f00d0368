#include "ops/family/comparison.h"

#include "base/number.h"
#include "ir/node.h"

#include <koine/ops.h>

#include <cmath>

namespace koine::ops {

namespace {

bool is_whole(const ir::OperandDType& operand) {
  return operand.number ? operand.kind <= Kind::integer : is_integer(operand.dtype) || is_bool(operand.dtype);
}
/// The narrowest floating dtype that holds all integers of a dtype, but float64 for those of 64 bits.
DType floating_for(DType integer) { return is_bool(integer) || bits_of(integer) <= 16 ? float32 : float64; }

bool mixes_signs(DType a, DType b) {
  return (a == uint64 && is_signed_integer(b)) || (b == uint64 && is_signed_integer(a));
}

}  // namespace

void comparison_dtypes(const ir::OpSpec& op, std::span<ir::OperandDType> operands) {
  bool all_whole = is_whole(operands[0]) && is_whole(operands[1]);
  for (ir::OperandDType& operand : operands) {
    // A value that is known later alone may be any.
    if (operand.traced && all_whole) operand = {int64};
    // Integers beside floating numbers keep their value.
    if (!all_whole && !operand.number && (is_integer(operand.dtype) || is_bool(operand.dtype)))
      operand.dtype = floating_for(operand.dtype);
  }
  elementwise_dtypes(op, operands);
}

namespace {

Array compared(const ir::OpSpec& op, const Array& x, const Array& y) {
  const Arg args[] = {Arg(x, {}), Arg(y, {})};
  return invoke(op, args, nullptr)[0];
}

/// By what a less or equal or greater number than all of the other side would give, where `s` is negative, both are of
/// the same sign by their bits.
Array compare_mixed(const ir::OpSpec& op, const Array& x, const Array& y) {
  bool left = is_signed_integer(x.dtype());
  const Array &s = left ? x : y, &u = left ? y : x;
  Array bits = cast(s, {.dtype = uint64}), least = zeros({}, int8), most = ones({}, int8);
  Array same_signs = left ? compared(op, bits, u) : compared(op, u, bits);
  Array below = left ? compared(op, least, most) : compared(op, most, least);
  return where(s < 0, below, same_signs);
}

}  // namespace

Array compare_instead(const ir::OpSpec& op, std::span<const Arg> args) {
  for (const Arg& arg : args)
    if (arg.is_array() && !arg.array().defined()) return {};
  if (args[0].is_array() && args[1].is_array()) {
    const Array &x = args[0].array(), &y = args[1].array();
    return mixes_signs(x.dtype(), y.dtype()) ? compare_mixed(op, x, y) : Array();
  }
  for (size_t i : {0, 1}) {
    if (args[i].is_array() || !args[1 - i].is_array()) continue;
    const Number& number = args[i].number();
    const Array& x = args[1 - i].array();
    if (number.kind() != Kind::integer || !is_integer(x.dtype()) || in_range(number, x.dtype())) continue;
    // Beyond the range all numbers compare alike.
    Array beyond = full({.shape = {}, .value = number.real() < 0 ? -INFINITY : INFINITY, .dtype = float32});
    Array values = cast(x, {.dtype = float32});
    return i == 0 ? compared(op, beyond, values) : compared(op, values, beyond);
  }
  return {};
}

}  // namespace koine::ops
