#include "ops/family/batch_of_matrices.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

using lapack::Matrix;
using lapack::Real;
using lapack::Work;

namespace {

/// What turns the largest element of a column round to a positive number; 1 for a column of zeros.
template <class T>
T phase_of_largest(const Matrix<T>& vectors, int64_t j) {
  T largest = 0;
  for (int64_t i = 0; i < vectors.rows; ++i)
    if (T x = vectors(i, j); std::abs(x) > std::abs(largest)) largest = x;
  auto size = std::abs(largest);
  return size > 0 ? largest / size : T(1);
}

/// Vectors are determined but for a factor, which differs from library to library: the largest element of each becomes
/// real and positive. What turns row j of `partner` the other way keeps their product.
template <class T>
void fix_phases(Matrix<T>& vectors, Matrix<T>* partner) {
  for (int64_t j = 0; j < vectors.columns; ++j) {
    T phase = phase_of_largest(vectors, j);
    for (int64_t i = 0; i < vectors.rows; ++i) vectors(i, j) *= conjugate(phase);
    if (partner && j < partner->rows && j < partner->columns)
      for (int64_t i = 0; i < partner->columns; ++i) (*partner)(j, i) *= phase;
  }
}

/// The same of the vectors z of a = z t z^H.
template <class T>
void fix_phases_of_schur(Matrix<T>& t, Matrix<T>& z) {
  int64_t n = t.rows;
  for (int64_t j = 0; j < n; ++j) {
    T phase = phase_of_largest(z, j);
    for (int64_t i = 0; i < n; ++i) z(i, j) *= conjugate(phase);
    for (int64_t i = 0; i < n; ++i) t(i, j) *= conjugate(phase);
    for (int64_t i = 0; i < n; ++i) t(j, i) *= phase;
  }
}

}  // namespace

namespace {

/// A result that an op without vectors does not have.
ir::TensorRef nothing(const KernelInput& k) { return {k.in[0].dtype, {}, nullptr}; }

}  // namespace

void eigh_reference(const KernelInput& k) {
  const bool with_vectors = k.out.size() > 1;
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<Real<T>> values(k.out[0], n);
      Place<T> vectors(with_vectors ? k.out[1] : nothing(k), n * n);
      Matrix<T> a(n, n);
      lapack::Room<Real<T>> found(static_cast<size_t>(n));
      Work<T> room;
      for (int64_t b = first; b < last && n; ++b) {
        load_hermitian(k.in[0].as<T>() + b * n * n, a);
        if (!all_finite(a) || !lapack::eigh(a, with_vectors, found.data(), room)) {
          values.fill(b, NAN), vectors.fill(b, T(NAN));
          continue;
        }
        std::ranges::copy(found, values.at(b));
        if (!vectors.wanted()) continue;
        fix_phases<T>(a, nullptr);
        store(a, vectors.at(b));
      }
    });
  });
}

void eig_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    using C = std::complex<Real<T>>;
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<C> values(k.out[0], n), vectors(k.out[1], n * n);
      Matrix<T> a(n, n);
      Matrix<C> v(n, n);
      lapack::Room<C> found(static_cast<size_t>(n));
      Work<T> room;
      for (int64_t b = first; b < last && n; ++b) {
        load(k.in[0].as<T>() + b * n * n, a);
        if (!all_finite(a) || !lapack::eig(a, found.data(), &v, room)) {
          values.fill(b, C(NAN, NAN)), vectors.fill(b, C(NAN, NAN));
          continue;
        }
        std::ranges::copy(found, values.at(b));
        if (!vectors.wanted()) continue;
        fix_phases<C>(v, nullptr);
        store(v, vectors.at(b));
      }
    });
  });
}

void svd_reference(const KernelInput& k, bool full) {
  const bool vectors = k.out.size() > 1;
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), rank = std::min(m, n);
  int64_t columns = full ? m : rank, rows = full ? n : rank;
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), m * n, [&](int64_t first, int64_t last) {
      Place<T> u(vectors ? k.out[0] : nothing(k), m * columns), vh(vectors ? k.out[2] : nothing(k), rows * n);
      Place<Real<T>> s(k.out[vectors ? 1 : 0], rank);
      Matrix<T> a(m, n), left(m, columns), right(rows, n);
      lapack::Room<Real<T>> found(static_cast<size_t>(rank));
      Work<T> room;
      for (int64_t b = first; b < last; ++b) {
        if (rank == 0) {  // nothing to factor: what is left of u and vh is an identity
          for (int64_t i = 0; i < m * columns; ++i) u.at(b)[i] = T(i % (columns + 1) == 0);
          for (int64_t i = 0; i < rows * n; ++i) vh.at(b)[i] = T(i % (n + 1) == 0);
          continue;
        }
        load(k.in[0].as<T>() + b * m * n, a);
        if (!all_finite(a) ||
            !lapack::svd(a, full, found.data(), vectors ? &left : nullptr, vectors ? &right : nullptr, room)) {
          u.fill(b, T(NAN)), s.fill(b, NAN), vh.fill(b, T(NAN));
          continue;
        }
        std::ranges::copy(found, s.at(b));
        if (!vectors) continue;
        fix_phases(left, &right);
        store(left, u.at(b));
        store(right, vh.at(b));
      }
    });
  });
}

void schur_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<T> triangle(k.out[0], n * n), vectors(k.out[1], n * n);
      Matrix<T> a(n, n), z(n, n);
      Work<T> room;
      for (int64_t b = first; b < last && n; ++b) {
        load(k.in[0].as<T>() + b * n * n, a);
        if (!all_finite(a) || !lapack::schur(a, z, room)) {
          triangle.fill(b, T(NAN)), vectors.fill(b, T(NAN));
          continue;
        }
        fix_phases_of_schur(a, z);
        store(a, triangle.at(b));
        store(z, vectors.at(b));
      }
    });
  });
}

}  // namespace koine::ops
