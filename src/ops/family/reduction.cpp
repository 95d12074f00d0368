#include "ops/family/reduction.h"

#include "base/format.h"
#include "ir/node.h"
#include "ops/family/scan.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

namespace {

const ReductionData& data_of(const ir::OpSpec& op) { return *static_cast<const ReductionData*>(op.family_data); }

bool reduces(const Axes& axis, int64_t place) {
  return std::find(axis.list().begin(), axis.list().end(), place) != axis.list().end();
}

DType result_dtype(Reduced result, DType dtype) {
  switch (result) {
    case Reduced::widened:
      if (is_unsigned_integer(dtype)) return uint64;
      return is_integer(dtype) || is_bool(dtype) ? int64 : dtype;
    case Reduced::boolean:
      return bool_;
    case Reduced::index:
      return int64;
    default:
      return dtype;
  }
}

}  // namespace

Shape reduced_shape(const Shape& shape, const Axes& axis, bool keepdims) {
  Shape result;
  for (int64_t d = -static_cast<int64_t>(shape.size()); d < 0; ++d) {
    if (!reduces(axis, d))
      result.push_back(shape[d]);
    else if (keepdims)
      result.push_back(1);
  }
  return result;
}

Dim reduced_count(const Shape& shape, const Axes& axis) {
  Dim n = 1;
  for (int64_t d : axis.list()) n = n * shape[d];
  return n;
}

Array with_axes(const Array& y, const Shape& shape, const Axes& axis) {
  Shape kept = reduced_shape(shape, axis, true);
  return ir::equal_value(y.shape(), kept) ? y : reshape(y, {.shape = kept});
}

Array share_of_equals(const Array& y, const Array& x, const Axes& axis) {
  Array chosen = cast(x == y, {.dtype = x.dtype()});
  return chosen / sum(chosen, {.axis = axis, .keepdims = true});
}

Array product_of_others(const Array& x, const Axes& axis) {
  // The reduced axes go last, as one.
  Ints order;
  Shape moved, flat;
  for (int64_t d = -x.rank(); d < 0; ++d)
    if (!reduces(axis, d)) order.push_back(d);
  for (int64_t d : order) flat.push_back(x.shape()[d]);
  order.insert(order.end(), axis.list().begin(), axis.list().end());
  for (int64_t d : order) moved.push_back(x.shape()[d]);
  flat.push_back(reduced_count(x.shape(), axis));
  Array row = reshape(transpose(x, {.axes = order}), {.shape = flat});
  Array before = previous(cumprod(row, {.axis = -1}), {-1, false}, 1);
  Array after = previous(cumprod(row, {.axis = -1, .reverse = true}), {-1, true}, 1);
  return transpose(reshape(before * after, {.shape = moved}), {.axes = inverse_of(order)});
}

Array counted(const Shape& shape, const Axes& axis, DType dtype) {
  Dim n = reduced_count(shape, axis);
  if (n.is_concrete()) return full({.shape = {}, .value = n.value(), .dtype = dtype});
  return sum(full({.shape = {n}, .value = 1, .dtype = dtype}));
}

TypeValue reduction_infer(const TypeInput& in, ReductionAttrs attrs) {
  const ReductionData& data = data_of(in.op);
  DType dtype = in.dtype(0);
  bool ordered = data.result == Reduced::same || data.result == Reduced::index;
  if (ordered && is_complex(dtype)) throw DTypeError(cat(name(dtype), " elements have no order"));
  if (!data.has_identity && same(reduced_count(in.shape(0), attrs.axis), 0))
    throw ValueError(cat("no element to choose from: shape ", to_string(in.shape(0)), " over axis ",
                         ir::to_string(ir::AttrValue(attrs.axis))));
  return {result_dtype(data.result, dtype), reduced_shape(in.shape(0), attrs.axis, attrs.keepdims)};
}

Arrays reduction_jvp(const RuleInput& node, ReductionAttrs attrs, Tangents tangents) {
  const ReductionData& data = data_of(node.op);
  if (data.linear) return again(node, tangents);
  const Array& x = node.in[0];
  Array slope = data.partial(with_axes(node.out[0], x.shape(), attrs.axis), x, attrs.axis);
  return {sum(tangents[0] * slope, {.axis = attrs.axis, .keepdims = attrs.keepdims})};
}

Arrays reduction_vjp(const RuleInput& node, ReductionAttrs attrs, Tangents cotangents) {
  const ReductionData& data = data_of(node.op);
  const Array& x = node.in[0];
  Array spread = with_axes(cotangents[0], x.shape(), attrs.axis);
  if (data.linear) return {broadcast_to(spread, {.shape = x.shape()})};
  Array slope = data.partial(with_axes(node.out[0], x.shape(), attrs.axis), x, attrs.axis);
  return {spread * (is_complex(slope.dtype()) ? conj(slope) : slope)};
}

}  // namespace koine::ops
