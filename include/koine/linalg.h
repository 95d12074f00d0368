#pragma once
#include <koine/array.h>

#include <vector>

/// Linear algebra over lists of arrays; what takes one or two is an op of <koine/ops.h>.
namespace koine {

/// The product of matrices, in the order that takes the fewest multiplications; the first and the last may be vectors.
/// Throws ValueError for fewer than two, ShapeError where they do not fit.
Array multi_dot(const std::vector<Array>& arrays, std::source_location where = std::source_location::current());

/// The matrices one after the other on the diagonal of a matrix of zeros; a vector is a row, a number one element.
/// Throws ShapeError for arrays with more axes.
Array block_diag(const std::vector<Array>& arrays, std::source_location where = std::source_location::current());

}  // namespace koine
