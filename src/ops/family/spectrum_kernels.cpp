#include "ops/family/batch_of_matrices.h"
#include "ops/family/factorization_kernels.h"

namespace koine::ops {

using lapack::Matrix;
using lapack::Real;
using lapack::Work;

namespace {

/// Vectors are determined but for a factor, which differs from library to library: the largest element of each becomes
/// real and positive. What turns row j of `partner` the other way keeps their product.
template <class T>
void fix_phases(Matrix<T>& vectors, Matrix<T>* partner) {
  for (int64_t j = 0; j < vectors.columns; ++j) {
    T largest = 0;
    for (int64_t i = 0; i < vectors.rows; ++i)
      if (T x = vectors(i, j); std::abs(x) > std::abs(largest)) largest = x;
    auto size = std::abs(largest);
    if (!(size > 0)) continue;
    T phase = largest / size;
    for (int64_t i = 0; i < vectors.rows; ++i) vectors(i, j) *= conjugate(phase);
    if (partner && j < partner->rows && j < partner->columns)
      for (int64_t i = 0; i < partner->columns; ++i) (*partner)(j, i) *= phase;
  }
}

}  // namespace

void eigh_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<Real<T>> values(k.out[0], n);
      Place<T> vectors(k.out[1], n * n);
      Matrix<T> a(n, n);
      Work<T> room;
      for (int64_t b = first; b < last && n; ++b) {
        load_hermitian(k.in[0].as<T>() + b * n * n, a);
        if (!all_finite(a) || !lapack::eigh(a, vectors.wanted(), values.at(b), room)) {
          values.fill(b, NAN), vectors.fill(b, T(NAN));
          continue;
        }
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
      Work<T> room;
      for (int64_t b = first; b < last && n; ++b) {
        load(k.in[0].as<T>() + b * n * n, a);
        if (!all_finite(a) || !lapack::eig(a, values.at(b), vectors.wanted() ? &v : nullptr, room)) {
          values.fill(b, C(NAN, NAN)), vectors.fill(b, C(NAN, NAN));
          continue;
        }
        if (!vectors.wanted()) continue;
        fix_phases<C>(v, nullptr);
        store(v, vectors.at(b));
      }
    });
  });
}

void svd_reference(const KernelInput& k, bool full) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), rank = std::min(m, n);
  int64_t columns = full ? m : rank, rows = full ? n : rank;
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), m * n, [&](int64_t first, int64_t last) {
      Place<T> u(k.out[0], m * columns), vh(k.out[2], rows * n);
      Place<Real<T>> s(k.out[1], rank);
      Matrix<T> a(m, n), left(m, columns), right(rows, n);
      Work<T> room;
      bool vectors = u.wanted() || vh.wanted();
      for (int64_t b = first; b < last; ++b) {
        if (rank == 0) {  // nothing to factor: what is left of u and vh is an identity
          for (int64_t i = 0; i < m * columns; ++i) u.at(b)[i] = T(i % (columns + 1) == 0);
          for (int64_t i = 0; i < rows * n; ++i) vh.at(b)[i] = T(i % (n + 1) == 0);
          continue;
        }
        load(k.in[0].as<T>() + b * m * n, a);
        if (!all_finite(a) ||
            !lapack::svd(a, full, s.at(b), vectors ? &left : nullptr, vectors ? &right : nullptr, room)) {
          u.fill(b, T(NAN)), s.fill(b, NAN), vh.fill(b, T(NAN));
          continue;
        }
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
        store(a, triangle.at(b));
        store(z, vectors.at(b));
      }
    });
  });
}

}  // namespace koine::ops
