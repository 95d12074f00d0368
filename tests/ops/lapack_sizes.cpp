#include "ops/family/lapack.h"

#include <doctest/doctest.h>

#include <koine/error.h>

/// LAPACK counts in 32 bits; nothing is read or written before that is looked at.
using namespace koine;
using namespace koine::ops;

namespace {

/// A matrix in name only.
lapack::Matrix<float> of_size(int64_t rows, int64_t columns) {
  lapack::Matrix<float> a;
  a.rows = rows, a.columns = columns;
  return a;
}

}  // namespace

TEST_CASE("lapack: sizes and rooms beyond 32 bits are refused") {
  lapack::Work<float> room;
  auto huge = of_size(int64_t{1} << 31, int64_t{1} << 31), square = of_size(33'000, 33'000), wide = of_size(2, 1 << 25);
  CHECK_THROWS_AS(lapack::cholesky(huge), ShapeError);
  CHECK_THROWS_AS(lapack::lu(huge, nullptr), ShapeError);
  CHECK_THROWS_AS(lapack::eigh(square, true, nullptr, room), ShapeError);
  CHECK_THROWS_AS(lapack::svd(square, false, nullptr, &square, &square, room), ShapeError);
  CHECK_THROWS_AS(lapack::qr(wide, &wide, room), ShapeError);
}
