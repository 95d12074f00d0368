#pragma once
#include "ops/family/explicit.h"
#include "ops/family/structural.h"

#include <koine/ops.h>

/// Factorisations of matrices: ops over the last two axes, batches in front. Their kernels are LAPACK's. An op writes
/// its jvp; its vjp is the transpose of that.
namespace koine::ops {

struct Factorization : Library {
  /// Computed in float32, float64 or the complex of them; integers become float32. Throws DTypeError for narrower ones.
  static void operand_dtypes(std::span<ir::OperandDType> operands);
  static Arrays vmap(const BatchInput& node, const NoAttrs&, std::span<uint8_t>) {
    return again(node, all_batched(node));
  }
};

/// Throws ShapeError unless the last two axes are there (and equal).
void check_matrix(const Shape& shape);
void check_square(const Shape& shape);
/// The shape with other last two lengths.
Shape with_matrix(const Shape& shape, std::initializer_list<Dim> lengths);

/// The cotangents of a node's operands, by transposing its op's jvp.
Arrays transposed_jvp(const RuleInput& node, Tangents cotangents);

/// Over the last two axes: conjugate transposes, the Hermitian part, identities, diagonals, lower triangles.
Array adjoint(const Array& x);
Array hermitian_part(const Array& x);
Array identity_like(const Array& x);
Array diagonal_of(const Array& x);
Array lower_of(const Array& x, bool with_diagonal);
/// How fast, times i, the phase of each complex vector has to turn back so that its largest element, which is real,
/// stays real when the vectors change so: shape (..., 1, columns).
Array phase_rate(const Array& vectors, const Array& change);
/// 1 / x, and 0 where x is 0.
Array safe_reciprocal(const Array& x);

void cholesky_reference(const KernelInput& k);
void solve_reference(const KernelInput& k);
void slogdet_reference(const KernelInput& k);
void eigh_reference(const KernelInput& k);
void svd_reference(const KernelInput& k, bool full);
void qr_reference(const KernelInput& k, bool full);

}  // namespace koine::ops
