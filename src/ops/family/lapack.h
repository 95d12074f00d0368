#pragma once
#include <koine/dtype.h>

#include <complex>
#include <cstdint>
#include <new>
#include <vector>

/// Linear algebra by LAPACK and BLAS. The library is opened at the first use, so that neither the build nor a program
/// without linear algebra needs it. T is float, double or a complex of them; matrices lie column after column. All
/// throw DeviceError when there is no library. Those that return false leave no result, for a reason that lies in the
/// values: a matrix that is singular, or an iteration that does not converge.
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

/// Memory at multiples of 64 bytes: what is computed in it does not depend on where it lies.
template <class T>
struct Aligned {
  using value_type = T;
  Aligned() = default;
  template <class U>
  Aligned(const Aligned<U>&) {}
  T* allocate(size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64))); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, std::align_val_t(64)); }
  bool operator==(const Aligned&) const { return true; }
};
template <class T>
using Room = std::vector<T, Aligned<T>>;

template <class T>
struct Matrix {
  int64_t rows = 0, columns = 0;
  Room<T> data;
  Matrix() = default;
  Matrix(int64_t m, int64_t n) { resize(m, n); }
  /// The elements are not kept.
  void resize(int64_t m, int64_t n) {
    rows = m, columns = n;
    data.assign(static_cast<size_t>(m * n), T(0));
  }
  T* get() { return data.data(); }
  const T* get() const { return data.data(); }
  T& operator()(int64_t i, int64_t j) { return data[static_cast<size_t>(j * rows + i)]; }
  const T& operator()(int64_t i, int64_t j) const { return data[static_cast<size_t>(j * rows + i)]; }
};

/// Room that a routine works in, kept from one matrix to the next.
template <class T>
struct Work {
  Room<T> work;
  Room<Real<T>> real;
  Room<int> integers;
  int64_t asked_for = -1;  // the size of the matrices that the room was measured for
};

/// The lower factor in the lower triangle of a, which is not positive definite when this is false.
template <class T>
bool cholesky(Matrix<T>& a);
/// Both factors of a with rows exchanged in the place of a; row i was exchanged with row pivots[i] - 1. False when a
/// pivot is exactly zero; the factors are there all the same.
template <class T>
bool lu(Matrix<T>& a, int* pivots);
/// The solution in the place of b, by the factors that `lu` made.
template <class T>
void solve_lu(const Matrix<T>& a, const int* pivots, Matrix<T>& b);
/// The solution of a x = b in the place of b, for a triangle of a; `unit`: its diagonal is taken for ones.
template <class T>
void solve_triangular(const Matrix<T>& a, bool lower, bool unit, Matrix<T>& b);
/// Eigenvalues, ascending, of the Hermitian matrix whose lower triangle a holds; its eigenvectors, when wanted, as
/// columns in the place of a.
template <class T>
bool eigh(Matrix<T>& a, bool vectors, Real<T>* values, Work<T>& room);
/// Eigenvalues and, when vectors is not null, eigenvectors of length 1 as columns. a is overwritten.
template <class T>
bool eig(Matrix<T>& a, std::complex<Real<T>>* values, Matrix<std::complex<Real<T>>>* vectors, Work<T>& room);
/// a = z t z^H with t, upper triangular (of real matrices: but for 2 x 2 blocks), in the place of a.
template <class T>
bool schur(Matrix<T>& a, Matrix<T>& z, Work<T>& room);
/// a = u diag(s) vh: of u the first min(m, n) columns and of vh as many rows, or all of both; s alone when u is null.
/// a is overwritten.
template <class T>
bool svd(Matrix<T>& a, bool full, Real<T>* s, Matrix<T>* u, Matrix<T>* vh, Work<T>& room);
/// The upper triangle r in that of a, and, when q is not null, as many columns of q as it has.
template <class T>
void qr(Matrix<T>& a, Matrix<T>* q, Work<T>& room);
/// The x of least length that makes a x - b least, in the first rows of b, which has max(m, n) of them; singular values
/// up to `cutoff` times the greatest are taken for zero. a is overwritten.
template <class T>
bool least_squares(Matrix<T>& a, Matrix<T>& b, Real<T> cutoff, Real<T>* s, int& rank, Work<T>& room);
/// The x with a x + x b = c in the place of c, for a and b as `schur` makes them.
template <class T>
void solve_sylvester(const Matrix<T>& a, const Matrix<T>& b, Matrix<T>& c);
/// a b, of a or its adjoint and b or its adjoint.
template <class T>
Matrix<T> product(const Matrix<T>& a, const Matrix<T>& b, bool adjoint_a = false, bool adjoint_b = false);

}  // namespace koine::ops::lapack
