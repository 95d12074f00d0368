#include "ops/family/linear_system.h"

#include "ops/family/elementwise.h"

#include <algorithm>

namespace koine::ops {

TypeValue LinearSystem::type_of(const TypeInput& in) {
  const Shape &a = in.shape(0), &b = in.shape(1);
  check_square(a);
  check_one_dtype(in);
  bool vector = b.size() == 1;
  if (b.size() == 0 || !same(a[-1], vector ? b[-1] : b[-2]))
    throw ShapeError("matrices of shape " + to_string(a) + " do not fit right sides of shape " + to_string(b));
  Shape shape = vector ? with_matrix(a, {}) : broadcast(with_matrix(a, {}), with_matrix(b, {}));
  shape.push_back(a[-1]);
  if (!vector) shape.push_back(b[-1]);
  return {in.dtype(1), shape};
}

Arrays LinearSystem::batched(const BatchInput& node) {
  Arrays in(node.in.begin(), node.in.end());
  bool vectors = node.rank(1) == 1 && node.batched[1];
  if (vectors) in[1] = expand_dims(in[1], -1);
  int rank = std::max(node.rank(0), std::max(node.rank(1), 2));
  for (size_t i = 0; i < 2; ++i)
    while (node.batched[i] && in[i].rank() < rank + 1) in[i] = expand_dims(in[i], 1);
  Array x = again(node, in)[0];
  return {vectors ? squeeze(x, -1) : x};
}

Array SystemNode::moved(const Array& da, const Array& db) const {
  Array rest = columns(or_zeros(db, b));
  return da.defined() ? rest - matmul(da, x) : rest;
}

Arrays SystemNode::cotangents(const Array& of_columns) const {
  return {unbroadcast(-matmul(of_columns, adjoint(x)), a.shape()), unbroadcast(without_columns(of_columns), b.shape())};
}

}  // namespace koine::ops
