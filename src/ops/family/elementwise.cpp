#include "ops/family/elementwise.h"

#include "base/format.h"
#include "ir/node.h"

#include <koine/ops.h>

namespace koine::ops {

namespace {

const ElementwiseData& data_of(const ir::OpSpec& op) { return *static_cast<const ElementwiseData*>(op.family_data); }

bool accepts(Accept accept, DType dtype) {
  switch (accept) {
    case Accept::ordered:
      return !is_complex(dtype);
    case Accept::numeric:
      return !is_bool(dtype);
    case Accept::real:
      return !is_bool(dtype) && !is_complex(dtype);
    case Accept::inexact:
      return is_inexact(dtype);
    case Accept::floating:
      return is_floating(dtype);
    case Accept::bits:
      return is_bool(dtype) || is_integer(dtype);
    case Accept::integers:
      return is_integer(dtype);
    case Accept::complex_parts:
      return dtype == float32 || dtype == float64;
    default:
      return true;
  }
}

// What an unaccepted dtype becomes, where a sensible one exists.
DType brought_to(Accept accept, DType dtype) {
  if ((accept == Accept::numeric || accept == Accept::real) && is_bool(dtype)) return int64;
  if (accept == Accept::logical) return dtype;
  if (accept == Accept::complex_parts && (dtype == float16 || dtype == bfloat16)) return float32;
  bool floats = accept == Accept::inexact || accept == Accept::floating || accept == Accept::complex_parts;
  return floats && (is_bool(dtype) || is_integer(dtype)) ? float32 : dtype;
}

DType result_dtype(Result result, DType dtype) {
  switch (result) {
    case Result::boolean:
      return bool_;
    case Result::real_part:
      return is_complex(dtype) ? real_of(dtype) : dtype;
    case Result::complex_pair:
      return complex_of(dtype);
    default:
      return dtype;
  }
}

}  // namespace

void elementwise_dtypes(const ir::OpSpec& op, std::span<ir::OperandDType> operands) {
  Accept accept = data_of(op).accept;
  promote_operands(Promote::all, operands);
  DType common = brought_to(accept, operands[0].dtype);
  if (!accepts(accept, common)) throw DTypeError(cat(name(common), " operands are not accepted"));
  for (ir::OperandDType& operand : operands) operand.dtype = common;
}

std::vector<TypeValue> elementwise_infer(const TypeInput& input) {
  const ElementwiseData& data = data_of(input.op);
  Shape shape = input.shape(0);
  DType dtype = input.dtype(0);
  for (size_t i = 1; i < input.in.size(); ++i) {
    shape = broadcast(shape, input.in[i]->shape);
    if (input.in[i]->dtype != dtype) throw DTypeError("operands have different dtypes");
  }
  if (!accepts(data.accept, dtype)) throw DTypeError(cat(name(dtype), " operands are not accepted"));
  return {{result_dtype(data.result, dtype), shape}};
}

Array unbroadcast(const Array& cotangent, const Shape& shape) {
  const Shape& full_shape = cotangent.shape();
  if (ir::equal_value(full_shape, shape)) return cotangent;
  Ints axes;
  auto rank = static_cast<int64_t>(full_shape.size()), extra = rank - static_cast<int64_t>(shape.size());
  for (int64_t d = 0; d < rank; ++d)
    if (d < extra || (same(shape[static_cast<int>(d - extra)], 1) && !same(full_shape[static_cast<int>(d)], 1)))
      axes.push_back(d);
  Array summed = sum(cotangent, {.axis = Axes(axes), .keepdims = true});
  return extra ? reshape(summed, {.shape = shape}) : summed;
}

Arrays elementwise_jvp(const RuleInput& node, Tangents tangents) {
  Array total;
  const Shape& shape = node.out[0].shape();
  for (size_t i = 0; i < tangents.size(); ++i) {
    if (!tangents[i].defined()) continue;
    Array part = tangents[i] * data_of(node.op).partials[i](node.out[0], node.in);
    total = total.defined() ? total + part : part;
  }
  return {ir::equal_value(total.shape(), shape) ? total : broadcast_to(total, {.shape = shape})};
}

Arrays elementwise_vjp(const RuleInput& node, Tangents cotangents) {
  Arrays result(node.in.size());
  for (size_t i = 0; i < node.in.size(); ++i) {
    if (!is_inexact(node.in[i].dtype())) continue;
    Array slope = data_of(node.op).partials[i](node.out[0], node.in);
    if (is_complex(slope.dtype())) slope = conj(slope);
    result[i] = unbroadcast(cotangents[0] * slope, node.in[i].shape());
  }
  return result;
}

Arrays elementwise_vmap(const BatchInput& node, std::span<uint8_t>) {
  int rank = 0;
  for (size_t i = 0; i < node.in.size(); ++i) rank = std::max(rank, node.rank(static_cast<int>(i)));
  Arrays in(node.in.begin(), node.in.end());
  for (size_t i = 0; i < in.size(); ++i) {
    int own = node.rank(static_cast<int>(i));
    if (!node.batched[i] || own == rank) continue;
    // Ones between the batch and the operand's own axes keep the batch in front.
    const Shape& shape = in[i].shape();
    Shape wide{shape[0]};
    for (int k = own; k < rank; ++k) wide.push_back(1);
    for (int k = 1; k <= own; ++k) wide.push_back(shape[k]);
    in[i] = reshape(in[i], {.shape = wide});
  }
  return again(node, in);
}

std::vector<Sample> elementwise_samples(const ir::OpSpec& op) {
  const ElementwiseData& data = data_of(op);
  ir::AttrRef attrs = ir::intern_attrs(op, op.attrs.make ? op.attrs.make().get() : nullptr);
  DType dtype = data.accept == Accept::bits || data.accept == Accept::integers ? int64 : float32;
  auto operand = [&](Shape shape) { return SampleInput{std::move(shape), dtype, data.low, data.high}; };
  size_t n = op.args.size();
  if (n == 1) return {{{operand({})}, attrs}, {{operand({7})}, attrs}, {{operand({2, 3})}, attrs}};
  std::vector<Sample> samples{{std::vector<SampleInput>(n, operand({2, 3})), attrs}};
  // One operand at a time smaller than the others: every way to broadcast.
  for (size_t i = 0; i < n; ++i) {
    samples.push_back({std::vector<SampleInput>(n, operand({2, 3})), attrs});
    samples.back().in[i].shape = i % 2 ? Shape{2, 1} : Shape{3};
  }
  return samples;
}

}  // namespace koine::ops
