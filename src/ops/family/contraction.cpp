#include "ops/family/contraction.h"

#include "base/format.h"
#include "ir/node.h"
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

void contraction_dtypes(std::span<ir::OperandDType> operands) {
  promote_operands(Promote::all, operands);
  for (ir::OperandDType& operand : operands)
    if (is_bool(operand.dtype)) operand.dtype = int64;
}

Arrays conjugated(std::span<const Array> operands) {
  Arrays result(operands.begin(), operands.end());
  for (Array& x : result)
    if (is_complex(x.dtype())) x = conj(x);
  return result;
}

Arrays contraction_jvp(const RuleInput& node, Tangents tangents) {
  Array total;
  for (size_t i = 0; i < 2; ++i) {
    if (!tangents[i].defined()) continue;
    Array in[] = {node.in[0], node.in[1]};
    in[i] = tangents[i];
    Array part = again(node, in)[0];
    total = total.defined() ? total + part : part;
  }
  return {total};
}

namespace {

Shape matrix_shape(const Shape& shape, bool left) {
  Shape matrix = shape;
  if (matrix.size() == 1) matrix.insert(left ? 0 : 1, 1);
  return matrix;
}

// A vector as a matrix, a batched one too: `rank` is that of the operand without its batch.
Array as_matrix(const Array& x, int rank, bool left) {
  if (rank != 1) return x;
  Shape shape = x.shape();
  shape.insert(left ? static_cast<int64_t>(shape.size()) - 1 : static_cast<int64_t>(shape.size()), 1);
  return reshape(x, {.shape = shape});
}

Shape batch_of(const Shape& matrix) { return {matrix.begin(), matrix.end() - 2}; }

// The cotangent with the axes of vectors put back.
Array as_product(const RuleInput& node, const Array& ct) {
  Shape shape = ct.shape();
  bool row = node.in[0].rank() == 1, column = node.in[1].rank() == 1;
  if (!row && !column) return ct;
  if (column) shape.push_back(1);
  if (row) shape.insert(static_cast<int64_t>(shape.size()) - 1, 1);
  return reshape(ct, {.shape = shape});
}

Array as_operand(const Array& grad, const Array& operand, const Shape& matrix) {
  Array own = unbroadcast(grad, matrix);
  return operand.rank() == 1 ? reshape(own, {.shape = operand.shape()}) : own;
}

// All axes but the last as one.
Array rows_of(const Array& x) {
  Shape rows{1, x.shape().back()};
  for (int d = 0; d + 1 < x.rank(); ++d) rows[0] *= x.shape()[d];
  return reshape(x, {.shape = rows});
}

}  // namespace

TypeValue matmul_infer(const TypeInput& in) {
  const Shape &x1 = in.shape(0), &x2 = in.shape(1);
  if (x1.empty() || x2.empty()) throw ShapeError("an operand has no axes; for a product with a number use multiply");
  if (in.dtype(0) != in.dtype(1)) throw DTypeError("operands have different dtypes");
  Shape a = matrix_shape(x1, true), b = matrix_shape(x2, false);
  if (!(a[-1] == b[-2])) {
    auto sizes = [](const char* text, const ir::TypeRef& type, Dim n, const char* what) {
      return cat(text, ir::to_string(*type), " has ", n, type->rank() == 1 ? " elements" : what);
    };
    throw ShapeError(cat("inner sizes differ: ", sizes("x1 ", in.in[0], a[-1], " columns"),
                         sizes(", x2 ", in.in[1], b[-2], " rows")));
  }
  Shape shape;
  try {
    shape = broadcast(batch_of(a), batch_of(b));
  } catch (const ShapeError&) {
    throw ShapeError(cat("batch axes do not broadcast: x1 ", ir::to_string(*in.in[0]), " has ", batch_of(a), ", x2 ",
                         ir::to_string(*in.in[1]), " has ", batch_of(b)));
  }
  if (x1.size() > 1) shape.push_back(a[-2]);
  if (x2.size() > 1) shape.push_back(b[-1]);
  return {in.dtype(0), shape};
}

Array matmul_transpose_1(const RuleInput& node, const Array& ct, const Array& x2) {
  Array grad = matmul(as_product(node, ct), swapaxes(as_matrix(x2, x2.rank(), false), -1, -2));
  return as_operand(grad, node.in[0], matrix_shape(node.in[0].shape(), true));
}

Array matmul_transpose_2(const RuleInput& node, const Array& ct, const Array& x1) {
  Array product = as_product(node, ct), a = as_matrix(x1, x1.rank(), true);
  Shape matrix = matrix_shape(node.in[1].shape(), false);
  // One matrix under a batch of rows: a single product sums over the batch.
  if (matrix.size() == 2 && a.rank() > 2) {
    a = rows_of(a);
    product = rows_of(product);
  }
  return as_operand(matmul(swapaxes(a, -1, -2), product), node.in[1], matrix);
}

Arrays matmul_vmap(const BatchInput& node) {
  Array in[] = {as_matrix(node.in[0], node.rank(0), true), as_matrix(node.in[1], node.rank(1), false)};
  int rank[] = {std::max(node.rank(0), 2), std::max(node.rank(1), 2)};
  // Ones between the batch and an operand's own batch axes keep the batch in front.
  for (int i = 0; i < 2; ++i) {
    if (!node.batched[static_cast<size_t>(i)] || rank[i] >= rank[1 - i]) continue;
    Shape shape = in[i].shape();
    for (int k = rank[i]; k < rank[1 - i]; ++k) shape.insert(1, 1);
    in[i] = reshape(in[i], {.shape = shape});
  }
  Array y = matmul(in[0], in[1]);
  Shape shape = y.shape();
  if (node.rank(1) == 1) shape.erase(-1);
  if (node.rank(0) == 1) shape.erase(node.rank(1) == 1 ? -1 : -2);
  return {shape.size() == y.shape().size() ? y : reshape(y, {.shape = shape})};
}

}  // namespace koine::ops
