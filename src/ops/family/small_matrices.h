#pragma once
#include "ops/family/lapack.h"

#include <cmath>
#include <utility>

/// Factors of matrices so small that a call of the library takes longer than its work.
namespace koine::ops::lapack {

inline bool is_small(int64_t rows, int64_t columns) { return rows <= 16 && columns <= 16; }

/// What LAPACK compares when it looks for a pivot.
template <class T>
Real<T> size_of_pivot(T x) {
  if constexpr (std::is_same_v<T, Real<T>>)
    return std::abs(x);
  else
    return std::abs(x.real()) + std::abs(x.imag());
}
template <class T>
T conjugate_of(T x) {
  if constexpr (std::is_same_v<T, Real<T>>)
    return x;
  else
    return std::conj(x);
}

template <class T>
bool small_lu(Matrix<T>& a, int* pivots) {
  bool regular = true;
  int64_t m = a.rows, few = std::min(a.rows, a.columns);
  for (int64_t k = 0; k < few; ++k) {
    int64_t best = k;
    for (int64_t i = k + 1; i < m; ++i)
      if (size_of_pivot(a(i, k)) > size_of_pivot(a(best, k))) best = i;
    pivots[k] = static_cast<int>(best) + 1;
    if (a(best, k) == T(0)) {
      regular = false;
      continue;
    }
    if (best != k)
      for (int64_t j = 0; j < a.columns; ++j) std::swap(a(k, j), a(best, j));
    for (int64_t i = k + 1; i < m; ++i) a(i, k) /= a(k, k);
    for (int64_t j = k + 1; j < a.columns; ++j)
      for (int64_t i = k + 1; i < m; ++i) a(i, j) -= a(i, k) * a(k, j);
  }
  return regular;
}

template <class T>
void small_triangle(const Matrix<T>& a, bool lower, bool unit, Matrix<T>& b) {
  int64_t n = a.rows;
  for (int64_t j = 0; j < b.columns; ++j)
    for (int64_t step = 0; step < n; ++step) {
      int64_t k = lower ? step : n - 1 - step;
      if (!unit) b(k, j) /= a(k, k);
      T x = b(k, j);
      for (int64_t i = lower ? k + 1 : 0; i < (lower ? n : k); ++i) b(i, j) -= a(i, k) * x;
    }
}

template <class T>
void small_solve_lu(const Matrix<T>& a, const int* pivots, Matrix<T>& b) {
  for (int64_t k = 0; k < a.rows; ++k)
    if (pivots[k] != k + 1)
      for (int64_t j = 0; j < b.columns; ++j) std::swap(b(k, j), b(pivots[k] - 1, j));
  small_triangle(a, true, true, b);
  small_triangle(a, false, false, b);
}

template <class T>
bool small_cholesky(Matrix<T>& a) {
  int64_t n = a.rows;
  for (int64_t k = 0; k < n; ++k) {
    Real<T> pivot = std::real(a(k, k));
    if (!(pivot > 0)) return false;
    pivot = std::sqrt(pivot);
    a(k, k) = pivot;
    for (int64_t i = k + 1; i < n; ++i) a(i, k) /= pivot;
    for (int64_t j = k + 1; j < n; ++j)
      for (int64_t i = j; i < n; ++i) a(i, j) -= a(i, k) * conjugate_of(a(j, k));
  }
  return true;
}

}  // namespace koine::ops::lapack
