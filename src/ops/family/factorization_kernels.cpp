#include "ops/family/factorization_kernels.h"

#include "ops/family/batch_of_matrices.h"

#include <limits>

namespace koine::ops {

using lapack::Matrix;
using lapack::Real;
using lapack::Work;

void cholesky_reference(const KernelInput& k, bool upper, bool check_errors) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<T> factor(k.out[0], n * n);
      Matrix<T> a(n, n);
      for (int64_t b = first; b < last; ++b) {
        load_hermitian(k.in[0].as<T>() + b * n * n, a);
        // NaN counts as positive for some libraries.
        if (!lapack::cholesky(a) || !all_finite(a)) {
          check_only(k, check_errors, "not positive definite");
          factor.fill(b, T(NAN));
          continue;
        }
        T* to = factor.at(b);
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < n; ++j)
            *to++ = upper ? (j < i ? T(0) : conjugate(a(j, i))) : (j > i ? T(0) : a(i, j));
      }
    });
  });
}

void inv_reference(const KernelInput& k, bool check_errors) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Place<T> inverse(k.out[0], n * n);
      Matrix<T> a(n, n), x;
      std::vector<int> pivots(static_cast<size_t>(n));
      for (int64_t b = first; b < last; ++b) {
        load(k.in[0].as<T>() + b * n * n, a);
        if (!lapack::lu(a, pivots.data())) {
          check_only(k, check_errors, "singular");
          inverse.fill(b, T(NAN));
          continue;
        }
        x.resize(n, n);
        for (int64_t i = 0; i < n; ++i) x(i, i) = T(1);
        lapack::solve_lu(a, pivots.data(), x);
        store(x, inverse.at(b));
      }
    });
  });
}

namespace {

/// Calls f(b, lu, pivots) for each matrix; `lu` holds its factors.
template <class T, class F>
void each_lu(const KernelInput& k, F&& f) {
  int64_t n = length(k.in[0], 1);
  each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
    Matrix<T> a(n, n);
    std::vector<int> pivots(static_cast<size_t>(n));
    for (int64_t b = first; b < last; ++b) {
      load(k.in[0].as<T>() + b * n * n, a);
      lapack::lu(a, pivots.data());
      f(b, a, pivots);
    }
  });
}

/// Whether an odd number of rows was exchanged.
bool is_odd(const std::vector<int>& pivots) {
  bool odd = false;
  for (size_t i = 0; i < pivots.size(); ++i) odd ^= pivots[i] != static_cast<int>(i) + 1;
  return odd;
}
template <class T>
T determinant(const Matrix<T>& lu, const std::vector<int>& pivots) {
  T product(is_odd(pivots) ? -1 : 1);
  for (int64_t i = 0; i < lu.rows; ++i) product *= lu(i, i);
  return product;
}

}  // namespace

void det_reference(const KernelInput& k) {
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_lu<T>(k, [&](int64_t b, const Matrix<T>& a, const std::vector<int>& pivots) {
      k.out[0].as<T>()[b] = determinant(a, pivots);
    });
  });
}

void slogdet_reference(const KernelInput& k) {
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    using R = Real<T>;
    each_lu<T>(k, [&](int64_t b, const Matrix<T>& a, const std::vector<int>& pivots) {
      T sign(is_odd(pivots) ? -1 : 1);
      R size = 0;
      for (int64_t i = 0; i < a.rows; ++i) {
        R magnitude = std::abs(a(i, i));
        sign *= magnitude == 0 ? T(0) : a(i, i) / magnitude;
        size += std::log(magnitude);
      }
      if (k.out[0].data) k.out[0].as<T>()[b] = sign;
      if (k.out[1].data) k.out[1].as<R>()[b] = size;
    });
  });
}

namespace {

/// The products of all values but one.
template <class R>
lapack::Room<R> products_without_one(const lapack::Room<R>& values) {
  lapack::Room<R> result(values.size(), R(1));
  R before = 1, after = 1;
  for (size_t i = 0; i < values.size(); ++i) result[i] *= std::exchange(before, before * values[i]);
  for (size_t i = values.size(); i-- > 0;) result[i] *= std::exchange(after, after * values[i]);
  return result;
}

template <class T>
T determinant_of(Matrix<T> a) {
  std::vector<int> pivots(static_cast<size_t>(a.rows));
  lapack::lu(a, pivots.data());
  return determinant(a, pivots);
}

/// Of a = u s v^H it is det(u) det(v^H) times v (the products of the other singular values) u^H: no division.
template <class T>
Matrix<T> adjugate(Matrix<T> a, Work<T>& room) {
  int64_t n = a.rows;
  Matrix<T> u(n, n), vh(n, n);
  lapack::Room<Real<T>> s(static_cast<size_t>(n));
  if (!all_finite(a) || !lapack::svd(a, false, s.data(), &u, &vh, room)) {
    std::fill(a.data.begin(), a.data.end(), T(NAN));
    return a;
  }
  T turn = determinant_of(u) * determinant_of(vh);
  lapack::Room<Real<T>> others = products_without_one(s);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) vh(i, j) *= conjugate(turn) * others[static_cast<size_t>(i)];
  return lapack::product(vh, u, true, true);
}

}  // namespace

void adjugate_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), n * n, [&](int64_t first, int64_t last) {
      Work<T> room;
      Matrix<T> a(n, n);
      for (int64_t b = first; b < last && n; ++b) {
        load(k.in[0].as<T>() + b * n * n, a);
        store(adjugate(a, room), k.out[0].as<T>() + b * n * n);
      }
    });
  });
}

namespace {

void permute(const int* pivots, int64_t count, int64_t rows, int64_t* order) {
  for (int64_t i = 0; i < rows; ++i) order[i] = i;
  for (int64_t i = 0; i < count; ++i) std::swap(order[i], order[pivots[i] - 1]);
}

}  // namespace

void lu_reference(const KernelInput& k) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), rank = std::min(m, n);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), m * n, [&](int64_t first, int64_t last) {
      Place<T> factors(k.out[0], m * n);
      Place<int32_t> exchanges(k.out[1], rank);
      Place<int64_t> order(k.out[2], m);
      Matrix<T> a(m, n);
      std::vector<int> pivots(static_cast<size_t>(rank));
      for (int64_t b = first; b < last; ++b) {
        load(k.in[0].as<T>() + b * m * n, a);
        for (int i = 0; i < rank; ++i) pivots[static_cast<size_t>(i)] = i + 1;
        if (rank) lapack::lu(a, pivots.data());
        store(a, factors.at(b));
        permute(pivots.data(), rank, m, order.at(b));
        for (int64_t i = 0; i < rank; ++i) exchanges.at(b)[i] = pivots[static_cast<size_t>(i)] - 1;
      }
    });
  });
}

void pivots_to_permutation_reference(const KernelInput& k) {
  int64_t count = length(k.in[0], 1), rows = length(k.out[0], 1);
  const int32_t* from = k.in[0].as<int32_t>();
  for (int64_t b = 0; b < matrices(k.in[0], 1); ++b) {
    int64_t* order = k.out[0].as<int64_t>() + b * rows;
    for (int64_t i = 0; i < rows; ++i) order[i] = i;
    for (int64_t i = 0; i < count; ++i) {
      int32_t with = from[b * count + i];
      if (with < 0 || with >= rows)
        throw IndexError("row " + std::to_string(i) + " cannot be exchanged with row " + std::to_string(with) + " of " +
                         std::to_string(rows));
      std::swap(order[i], order[with]);
    }
  }
}

namespace {

/// The systems a x = b of operands whose batches broadcast; b may be a single vector. f(a, b) leaves x in b, or is
/// false where there is none.
template <class T, class F>
void each_system(const KernelInput& k, bool check_errors, F&& f) {
  const ir::TensorRef &left = k.in[0], &right = k.in[1], &out = k.out[0];
  int64_t n = length(left, 1);
  bool vector = right.shape.size() == 1;
  int64_t columns = vector ? 1 : length(right, 1);
  std::vector<int64_t> batch(out.shape.begin(), out.shape.end() - (vector ? 1 : 2));
  std::vector<int64_t> a_at = batch_places(left.shape, batch);
  std::vector<int64_t> b_at = vector ? std::vector<int64_t>(a_at.size(), 0) : batch_places(right.shape, batch);
  each_range(k, static_cast<int64_t>(a_at.size()), n * (n + columns), [&](int64_t first, int64_t last) {
    Matrix<T> a(n, n), x(n, columns);
    for (int64_t i = first; i < last; ++i) {
      load(left.as<T>() + a_at[static_cast<size_t>(i)] * n * n, a);
      load(right.as<T>() + b_at[static_cast<size_t>(i)] * n * columns, x);
      if (!f(a, x)) {
        check_only(k, check_errors, "singular");
        std::fill(x.data.begin(), x.data.end(), T(NAN));
      }
      store(x, out.as<T>() + i * n * columns);
    }
  });
}

}  // namespace

void solve_reference(const KernelInput& k, bool check_errors) {
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_system<T>(k, check_errors, [](Matrix<T>& a, Matrix<T>& x) {
      std::vector<int> pivots(static_cast<size_t>(a.rows));
      if (!lapack::lu(a, pivots.data())) return false;
      if (!x.data.empty()) lapack::solve_lu(a, pivots.data(), x);
      return true;
    });
  });
}

void solve_triangular_reference(const KernelInput& k, bool lower, bool unit_diagonal) {
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_system<T>(k, false, [&](Matrix<T>& a, Matrix<T>& x) {
      if (!x.data.empty()) lapack::solve_triangular(a, lower, unit_diagonal, x);
      return true;
    });
  });
}

void lstsq_reference(const KernelInput& k, double rcond) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), few = std::min(m, n), columns = length(k.in[1], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    using R = Real<T>;
    R cutoff = rcond < 0 ? static_cast<R>(std::max(m, n)) * std::numeric_limits<R>::epsilon() : static_cast<R>(rcond);
    each_range(k, matrices(k.in[0]), m * n, [&](int64_t first, int64_t last) {
      Place<T> solution(k.out[0], n * columns);
      Place<R> residuals(k.out[1], columns), values(k.out[3], few);
      Place<int64_t> ranks(k.out[2], 1);
      Matrix<T> a(m, n), x(std::max(m, n), columns);
      lapack::Room<R> found(static_cast<size_t>(few));
      Work<T> room;
      for (int64_t b = first; b < last; ++b) {
        const T *left = k.in[0].as<T>() + b * m * n, *right = k.in[1].as<T>() + b * m * columns;
        load(left, a);
        std::fill(x.data.begin(), x.data.end(), T(0));
        for (int64_t i = 0; i < m; ++i)
          for (int64_t j = 0; j < columns; ++j) x(i, j) = right[i * columns + j];
        int rank = 0;
        bool good = all_finite(a);
        if (good && few && columns) good = lapack::least_squares(a, x, cutoff, found.data(), rank, room);
        if (!good) {
          solution.fill(b, T(NAN)), residuals.fill(b, R(NAN)), values.fill(b, R(NAN)), ranks.fill(b, 0);
          continue;
        }
        *ranks.at(b) = rank;
        std::ranges::copy(found, values.at(b));
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < columns; ++j) solution.at(b)[i * columns + j] = few ? x(i, j) : T(0);
        residuals.fill(b, R(0));
        for (int64_t i = 0; i < m; ++i)
          for (int64_t j = 0; j < columns; ++j) {
            T rest = right[i * columns + j];
            for (int64_t l = 0; l < n; ++l) rest -= left[i * n + l] * solution.at(b)[l * columns + j];
            residuals.at(b)[j] += std::norm(rest);
          }
      }
    });
  });
}

void solve_sylvester_reference(const KernelInput& k) {
  int64_t m = length(k.in[0], 1), n = length(k.in[1], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), m * n + m * m + n * n, [&](int64_t first, int64_t last) {
      Matrix<T> a(m, m), b(n, n), c(m, n), u(m, m), v(n, n);
      Work<T> of_a, of_b;
      for (int64_t i = first; i < last && !c.data.empty(); ++i) {
        load(k.in[0].as<T>() + i * m * m, a);
        load(k.in[1].as<T>() + i * n * n, b);
        load(k.in[2].as<T>() + i * m * n, c);
        T* to = k.out[0].as<T>() + i * m * n;
        if (!all_finite(a) || !all_finite(b) || !lapack::schur(a, u, of_a) || !lapack::schur(b, v, of_b)) {
          std::fill_n(to, m * n, T(NAN));
          continue;
        }
        Matrix<T> inner = lapack::product(lapack::product(u, c, true), v);
        lapack::solve_sylvester(a, b, inner);
        store(lapack::product(lapack::product(u, inner), v, false, true), to);
      }
    });
  });
}

void qr_reference(const KernelInput& k, bool full) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), columns = full ? m : std::min(m, n);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    each_range(k, matrices(k.in[0]), m * n, [&](int64_t first, int64_t last) {
      Place<T> q(k.out[0], m * columns), r(k.out[1], columns * n);
      Matrix<T> a(m, n), vectors(m, columns);
      Work<T> room;
      for (int64_t b = first; b < last; ++b) {
        if (m * n == 0) {
          for (int64_t i = 0; i < m * columns; ++i) q.at(b)[i] = T(i % (columns + 1) == 0);
          continue;
        }
        load(k.in[0].as<T>() + b * m * n, a);
        lapack::qr(a, q.wanted() ? &vectors : nullptr, room);
        // The diagonal of r becomes real and positive.
        for (int64_t i = 0; i < columns; ++i) {
          T turn(1), *row_of_r = r.at(b) + i * n;
          Real<T> size = i < n ? std::abs(a(i, i)) : Real<T>(0);
          if (size > 0) turn = a(i, i) / size;
          for (int64_t j = 0; j < n; ++j) row_of_r[j] = j < i ? T(0) : j == i ? T(size) : conjugate(turn) * a(i, j);
          if (q.wanted())
            for (int64_t row = 0; row < m; ++row) q.at(b)[row * columns + i] = vectors(row, i) * turn;
        }
      }
    });
  });
}

}  // namespace koine::ops
