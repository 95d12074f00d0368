#include "ops/family/factorization.h"

#include "ops/family/control.h"

#include <cmath>
#include <limits>

namespace koine::ops {

void Factorization::operand_dtypes(std::span<ir::OperandDType> operands) {
  promote_operands(Promote::inexact, operands);
  DType dtype = operands[0].dtype;
  if (dtype == float16 || dtype == bfloat16)
    throw DTypeError("matrices of " + to_string(dtype) + " are not factored; cast them to float32");
}

void check_matrix(const Shape& shape) {
  if (shape.size() < 2) throw ShapeError("needs matrices, got the shape " + to_string(shape));
}
void check_square(const Shape& shape) {
  check_matrix(shape);
  if (!same(shape[-1], shape[-2])) throw ShapeError("needs square matrices, got the shape " + to_string(shape));
}
void check_one_dtype(const TypeInput& in) {
  for (ir::TypeRef type : in.in)
    if (type->dtype != in.dtype(0))
      throw DTypeError("operands of " + to_string(in.dtype(0)) + " and " + to_string(type->dtype));
}
Shape with_matrix(const Shape& shape, std::initializer_list<Dim> lengths) {
  Shape result = shape;
  result.pop_back();
  result.pop_back();
  for (Dim length : lengths) result.push_back(length);
  return result;
}

Arrays transposed_jvp(const RuleInput& node, Tangents cotangents) {
  size_t operands = node.in.size(), results = node.out.size();
  std::vector<ir::TypeRef> types;
  for (const auto& list : {node.in, node.out, node.in})
    for (const Array& x : list) types.push_back(ir::intern_type(x.dtype(), x.shape()));
  ir::GraphRef rule = make_graph(types, "transpose", [&](std::span<const Array> all) {
    RuleInput inside{node.op, node.attrs, node.box, part(all, 0, operands), part(all, operands, results)};
    Arrays rates = node.op.jvp(inside, part(all, operands + results, operands));
    for (size_t k = 0; k < rates.size(); ++k) rates[k] = or_zeros(rates[k], inside.out[k]);
    return rates;
  });
  Mask tangents(operands + results, 0), inexact = inexact_mask(node.in), every(operands, 1);
  tangents.insert(tangents.end(), inexact.begin(), inexact.end());
  Arrays zero = chosen(Arrays(operands), node.in, every);
  Arrays given = chosen(cotangents, node.out, inexact_mask(node.out));
  Arrays out = ir::replay(*transform::vjp(rule, tangents), concat({node.in, node.out, zero, given}));
  return spread({out.data() + results, out.size() - results}, inexact);
}

Array or_zeros(const Array& tangent, const Array& like) { return tangent.defined() ? tangent : zeros_like(like); }

Array adjoint(const Array& x) {
  Array turned = swapaxes(x, -1, -2);
  return is_complex(x.dtype()) ? conj(turned) : turned;
}
Array hermitian_part(const Array& x) { return (x + adjoint(x)) * 0.5; }
Array skew_part(const Array& x) { return (x - adjoint(x)) * 0.5; }

namespace {
// Made of constants of the graph, so that it may stand in a rule that is traced.
Array counted(Dim n) { return cumsum(full({.shape = {n}, .value = 1, .dtype = int64})); }
/// How far to the right of the diagonal each element of the last two axes is.
Array column_less_row(const Array& x) { return counted(x.shape()[-1]) - expand_dims(counted(x.shape()[-2]), 1); }

Array block(const Array& x, Dim row, Dim rows, Dim columns) {
  Shape offsets, sizes = x.shape();
  for (size_t d = 0; d < sizes.size(); ++d) offsets.push_back(0);
  offsets[-2] = row;
  sizes[-2] = rows;
  sizes[-1] = columns;
  return slice(x, {.offsets = offsets, .sizes = sizes});
}
}  // namespace

Array identity_like(const Array& x) { return cast(column_less_row(x) == 0, {.dtype = x.dtype()}); }
Array diagonal_of(const Array& x) { return sum(where(column_less_row(x) == 0, x, 0), {.axis = -1}); }
Array lower_of(const Array& x, bool with_diagonal) { return where(column_less_row(x) < (with_diagonal ? 1 : 0), x, 0); }
Array upper_of(const Array& x, bool with_diagonal) { return where(column_less_row(x) < (with_diagonal ? 0 : 1), 0, x); }
Array leading(const Array& x, Dim rows, Dim columns) {
  if (same(x.shape()[-2], rows) && same(x.shape()[-1], columns)) return x;
  return block(x, 0, rows, columns);
}
Array rows_from(const Array& x, Dim first) { return block(x, first, x.shape()[-2] - first, x.shape()[-1]); }
Array nan_like(const Array& x) { return full({.shape = {}, .value = NAN, .dtype = x.dtype()}); }

Array derivative_by_blocks(const Array& x, const Array& dx, Array (*f)(const Array& x)) {
  Dim n = x.shape()[-1];
  Array above = concatenate({x, dx}, {.axis = -1}), below = concatenate({zeros_like(x), x}, {.axis = -1});
  Array upper = leading(f(concatenate({above, below}, {.axis = -2})), n, n + n);
  return adjoint(rows_from(adjoint(upper), n));
}

namespace {
Array largest_elements(const Array& vectors) {
  Array size = abs(vectors);
  if (same(vectors.shape()[-2], 0)) return size == 0;
  return size == max(size, {.axis = -2, .keepdims = true});
}
Array their_sum(const Array& largest, const Array& vectors) {
  return sum(where(largest, real(vectors), 0), {.axis = -2, .keepdims = true});
}
}  // namespace

Array phase_rate(const Array& vectors, const Array& change) {
  Array largest = largest_elements(vectors);
  Array along = sum(where(largest, imag(change), 0), {.axis = -2, .keepdims = true});
  Array rate = along * safe_reciprocal(their_sum(largest, vectors));
  return complex(zeros_like(rate), rate);
}
Array phase_weights(const Array& vectors, const Array& weights) {
  Array largest = largest_elements(vectors);
  Array each = where(largest, weights * safe_reciprocal(their_sum(largest, vectors)), 0);
  return complex(zeros_like(each), each);
}
Array safe_reciprocal(const Array& x) { return where(x == 0, 0, 1 / where(x == 0, 1, x)); }

Array rounding_of(const Array& values) {
  if (same(values.shape()[-1], 0)) return sum(abs(values), {.axis = -1, .keepdims = true});
  // Computed values of equal ones differ by up to 13 times epsilon of the largest, whatever the size of the matrix.
  bool wide = real_of(values.dtype()) == float64;
  double epsilon = wide ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  return max(abs(stop_gradient(values)), {.axis = -1, .keepdims = true}) * (16 * epsilon);
}

Array reciprocal_gaps(const Array& values, const Array& used) {
  Array gaps = expand_dims(values, -2) - expand_dims(values, -1);
  Array diagonal = column_less_row(gaps) == 0;
  Array equal = abs(gaps) <= expand_dims(rounding_of(values), -1);
  Array unknown = logical_and(equal, logical_not(diagonal));
  if (used.defined()) unknown = unknown & (expand_dims(used, -1) | expand_dims(used, -2));
  Array inverse = where(equal | diagonal, 0, 1 / where(equal | diagonal, 1, gaps));
  return where(unknown, nan_like(values), inverse);
}

Array used_columns(std::span<const Array> columns, const Array& values) {
  Array used;
  auto also = [&](const Array& more) { used = used.defined() ? used | more : more; };
  for (const Array& one : columns)
    if (one.defined()) also(any(one != 0, {.axis = -2}));
  if (values.defined()) also(values != 0);
  return used;
}

}  // namespace koine::ops
