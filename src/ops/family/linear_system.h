#pragma once
#include "ops/family/factorization.h"

/// Ops that find the x with a x = b: b is a vector or has columns, and the axes in front broadcast.
namespace koine::ops {

struct LinearSystem : Factorization {
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    Factorization::complete<T>(row);
    row.infer = [](const TypeInput& in) { return std::vector<TypeValue>{type_of(in)}; };
    row.vmap = [](const BatchInput& node, std::span<uint8_t>) { return batched(node); };
  }

 private:
  static TypeValue type_of(const TypeInput& in);
  static Arrays batched(const BatchInput& node);
};

/// A node of such an op for its rules: right sides, solutions, tangents and cotangents with columns always.
struct SystemNode {
  explicit SystemNode(const RuleInput& node) : a(node.in[0]), b(node.in[1]), x(columns(node.out[0])) {}
  Array columns(const Array& y) const { return b.rank() == 1 ? expand_dims(y, -1) : y; }
  Array without_columns(const Array& y) const { return b.rank() == 1 ? squeeze(y, -1) : y; }
  /// The tangent of the right side that x moves with: db - da x, `da` as the op sees it.
  Array moved(const Array& da, const Array& db) const;
  /// The cotangents of both operands, of that of the right side, with columns.
  Arrays cotangents(const Array& of_columns) const;

  const Array &a, &b;
  Array x;
};

}  // namespace koine::ops
