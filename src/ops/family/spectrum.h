#pragma once
#include "ops/family/factorization.h"

/// Which singular values are taken for zero.
namespace koine::ops {

/// A matrix and, where it is given, a relative tolerance in the real dtype of it.
void spectrum_dtypes(std::span<ir::OperandDType> operands);
/// Singular values s (..., k) of x up to this are taken for zero: rtol (...) times the largest, or max(m, n) times
/// epsilon where rtol is undefined; shape (..., 1).
Array spectrum_cutoff(const Array& x, const Array& s, const Array& rtol);

}  // namespace koine::ops
