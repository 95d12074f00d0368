#pragma once
#include <koine/dtype.h>

#include <complex>
#include <cstdint>

/// Factorisations by LAPACK, of row-major matrices. The library (liblapacke) is opened at the first use, so that
/// neither the build nor a program without linear algebra needs it. T is float, double or a complex of them. All throw
/// DeviceError when there is no library; those that return false leave no result, for a reason that lies in the values.
namespace koine::ops::lapack {

template <class T>
struct RealOf {
  using Type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using Type = T;
};
template <class T>
using Real = typename RealOf<T>::Type;

/// The lower factor in the place of the lower triangle of a; false when a is not positive definite.
template <class T>
bool cholesky(int64_t n, T* a);
/// The solution of a x = b in the place of b, a is overwritten; false when a is singular.
template <class T>
bool solve(int64_t n, int64_t columns, T* a, T* b);
/// Both factors of a with rows exchanged in the place of a; row i was exchanged with row pivots[i] - 1.
template <class T>
void lu(int64_t n, T* a, int* pivots);
/// Eigenvalues, ascending, of a Hermitian a, and its eigenvectors as columns in the place of a; false when it does not
/// converge.
template <class T>
bool eigh(int64_t n, T* a, Real<T>* values);
/// a = u diag(s) vh: of u the first min(m, n) columns and of vh as many rows, or all of both. a is overwritten.
template <class T>
bool svd(int64_t m, int64_t n, bool full, T* a, Real<T>* s, T* u, T* vh);
/// The upper triangle r in the upper triangle of the first rows of a (m x n), and the first `columns` columns of q in q
/// (m x columns).
template <class T>
void qr(int64_t m, int64_t n, int64_t columns, T* a, T* q);

}  // namespace koine::ops::lapack
