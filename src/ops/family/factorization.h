#pragma once
#include "ops/family/explicit.h"
#include "ops/family/structural.h"

#include <koine/ops.h>

/// Linear algebra over the last two axes, batches in front. The kernels are LAPACK's (`factorization_kernels.h`).
///
/// Derivatives hold at every matrix where the function has one; where it has none, they are NaN. So no rule divides by
/// the difference of two eigenvalues or singular values that are equal but for rounding.
namespace koine::ops {

/// The cotangents of a node's operands, by transposing its op's jvp.
Arrays transposed_jvp(const RuleInput& node, Tangents cotangents);

struct Factorization : Library {
  /// Computed in float32, float64 or the complex of them; integers become float32. Throws DTypeError for narrower ones.
  static void operand_dtypes(std::span<ir::OperandDType> operands);
  /// All operands get the batch, and nothing else changes; the vjp is the transpose of the jvp.
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    Library::complete<T>(row);
    row.vmap = [](const BatchInput& node, std::span<uint8_t>) { return again(node, all_batched(node)); };
    row.vjp = transposed_jvp;
  }
};

/// Throws ShapeError unless the last two axes are there (and equal).
void check_matrix(const Shape& shape);
void check_square(const Shape& shape);
/// Throws DTypeError unless all operands have one dtype.
void check_one_dtype(const TypeInput& in);
/// The shape with other last two lengths.
Shape with_matrix(const Shape& shape, std::initializer_list<Dim> lengths);

/// A tangent or cotangent, zeros where it is undefined.
Array or_zeros(const Array& tangent, const Array& like);

/// Over the last two axes: conjugate transposes, the Hermitian part and what is left, identities, diagonals,
/// triangles, the first rows and columns.
Array adjoint(const Array& x);
Array hermitian_part(const Array& x);
Array skew_part(const Array& x);
Array identity_like(const Array& x);
Array diagonal_of(const Array& x);
Array lower_of(const Array& x, bool with_diagonal);
Array upper_of(const Array& x, bool with_diagonal);
Array leading(const Array& x, Dim rows, Dim columns);
Array rows_from(const Array& x, Dim first);
/// NaN in the dtype of x, 0-dimensional.
Array nan_like(const Array& x);

/// The derivative of a function of square matrices: the upper right block of f([[x, dx], [0, x]]) (Mathias, 1996).
Array derivative_by_blocks(const Array& x, const Array& dx, Array (*f)(const Array& x));

/// How fast, times i, the phase of each complex vector has to turn back so that its largest element, which is real,
/// stays real when the vectors change so: shape (..., 1, columns).
Array phase_rate(const Array& vectors, const Array& change);
/// The transpose of `phase_rate` for real weights of shape (..., 1, columns): a cotangent of the change.
Array phase_weights(const Array& vectors, const Array& weights);
/// 1 / x, and 0 where x is 0.
Array safe_reciprocal(const Array& x);

/// How far the values of a spectrum (..., n), real or complex, can be moved by rounding: (..., 1).
Array rounding_of(const Array& values);
/// 1 / (values[j] - values[i]) off the diagonal, (..., n, n): how fast vector i turns to vector j. NaN for values that
/// are equal but for rounding, whose vectors have no derivative; 0 there where `used` (..., n) is defined and neither
/// vector is used, so that what does not depend on them has its derivative.
Array reciprocal_gaps(const Array& values, const Array& used = Array());
/// Which columns a function depends on, by its cotangents of the columns (..., m, n) and of the values (..., n), each
/// of them possibly undefined.
Array used_columns(std::span<const Array> columns, const Array& values);

}  // namespace koine::ops
