#include "ops/family/lapack.h"

#include "base/narrow.h"
#include "ops/family/small_matrices.h"

#include <koine/error.h>

#include <dlfcn.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace koine::ops::lapack {

namespace {

/// The function of that name, or null. SciPy's builds of OpenBLAS, of which the Python wheel holds one, have a prefix.
void* find(void* library, const std::string& name) {
  void* found = dlsym(library, name.c_str());
  return found ? found : dlsym(library, ("scipy_" + name).c_str());
}

// Never closed: its threads and tables live as long as the process.
void* library() {
  static void* handle = [] {
    void* found = nullptr;
    // $ORIGIN is where Koine lies itself: a package may bring its own.
    for (const char* name : {"$ORIGIN/liblapacke.so.3", "liblapacke.so.3", "liblapacke.so", "liblapack.so.3"})
      if (!found) found = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    // Where it is OpenBLAS: threads of its own would cut the work by their number and die in a fork.
    if (found)
      if (auto* set_threads = reinterpret_cast<void (*)(int)>(find(found, "openblas_set_num_threads"))) set_threads(1);
    return found;
  }();
  if (!handle) throw DeviceError("linear algebra needs the library liblapacke (Debian: apt install liblapacke)");
  return handle;
}

template <class T>
constexpr char letter = std::is_same_v<T, float>                 ? 's'
                        : std::is_same_v<T, double>              ? 'd'
                        : std::is_same_v<T, std::complex<float>> ? 'c'
                                                                 : 'z';
template <class T>
constexpr bool real = std::is_same_v<T, Real<T>>;

/// What a routine of Fortran is given: addresses. The lengths of its texts, all 1, follow the other arguments.
template <class... A>
using Routine = void(A...);
template <class F>
F* routine(char type, const char* name) {
  std::string full = type + std::string(name) + "_";
  void* found = find(library(), full);
  if (!found) throw DeviceError("the library of linear algebra has no " + full);
  return reinterpret_cast<F*>(found);
}

int size(int64_t n) {
  if (n > INT32_MAX)
    throw ShapeError("a matrix has " + std::to_string(n) + " rows or columns, more than LAPACK counts");
  return static_cast<int>(n);
}

/// The rows of a matrix as LAPACK counts them: never 0.
int stride(int64_t rows) { return std::max(1, size(rows)); }

/// A length that a routine gives as one of its numbers, which may have been rounded down to it.
template <class T>
int whole(T number) {
  if constexpr (real<T>)
    return static_cast<int>(std::nextafter(number, std::numeric_limits<T>::infinity()));
  else
    return whole(number.real());
}

/// A routine counts its room in 32 bits too, and what it answers when asked has overflowed by then.
void check_room(int64_t numbers) {
  if (numbers > INT32_MAX)
    throw ShapeError("for a matrix of this shape LAPACK would need room for " + std::to_string(numbers) +
                     " numbers, more than it counts");
}

/// Asks a routine for the room that it wants, unless that is known for matrices of this size. `call` is given the
/// addresses and lengths of the three parts.
template <class T, class F>
void measure(Work<T>& room, int64_t matrix, F call) {
  if (room.asked_for == matrix) return;
  T work{};
  Real<T> real_work{};
  int integer = 0, query = -1;
  call(&work, &query, &real_work, &query, &integer, &query);
  room.work.resize(static_cast<size_t>(std::max(1, whole(work))));
  room.real.resize(static_cast<size_t>(std::max(1, whole(real_work))));
  room.integers.resize(static_cast<size_t>(std::max(1, integer)));
  room.asked_for = matrix;
}
template <class T>
int length(const Room<T>& list) {
  return narrow<int>(list.size());
}

using Count = const int*;
using Flag = const char*;

}  // namespace

template <class T>
bool cholesky(Matrix<T>& a) {
  if (is_small(a.rows, a.columns)) return small_cholesky(a);
  static auto* potrf = routine<Routine<Flag, Count, T*, Count, int*, size_t>>(letter<T>, "potrf");
  int n = size(a.rows), lda = stride(a.rows), info = 0;
  potrf("L", &n, a.get(), &lda, &info, 1);
  return info == 0;
}

template <class T>
bool lu(Matrix<T>& a, int* pivots) {
  if (is_small(a.rows, a.columns)) return small_lu(a, pivots);
  static auto* getrf = routine<Routine<Count, Count, T*, Count, int*, int*>>(letter<T>, "getrf");
  int m = size(a.rows), n = size(a.columns), lda = stride(a.rows), info = 0;
  getrf(&m, &n, a.get(), &lda, pivots, &info);
  return info == 0;
}

template <class T>
void solve_lu(const Matrix<T>& a, const int* pivots, Matrix<T>& b) {
  if (is_small(b.rows, b.columns)) return small_solve_lu(a, pivots, b);
  static auto* getrs =
      routine<Routine<Flag, Count, Count, const T*, Count, Count, T*, Count, int*, size_t>>(letter<T>, "getrs");
  int n = size(a.rows), k = size(b.columns), lda = stride(n), info = 0;
  getrs("N", &n, &k, a.get(), &lda, pivots, b.get(), &lda, &info, 1);
}

template <class T>
void solve_triangular(const Matrix<T>& a, bool lower, bool unit, Matrix<T>& b) {
  if (is_small(b.rows, b.columns)) return small_triangle(a, lower, unit, b);
  static auto* trsm = routine<Routine<Flag, Flag, Flag, Flag, Count, Count, const T*, const T*, Count, T*, Count,
                                      size_t, size_t, size_t, size_t>>(letter<T>, "trsm");
  int n = size(a.rows), k = size(b.columns), lda = stride(n);
  T one(1);
  trsm("L", lower ? "L" : "U", "N", unit ? "U" : "N", &n, &k, &one, a.get(), &lda, b.get(), &lda, 1, 1, 1, 1);
}

template <class T>
bool eigh(Matrix<T>& a, bool vectors, Real<T>* values, Work<T>& room) {
  int n = size(a.rows), lda = stride(n), info = 0;
  if (vectors) check_room(1 + 6 * a.rows + 2 * a.rows * a.rows);
  Flag job = vectors ? "V" : "N";
  auto call = [&](T* work, Count lwork, Real<T>* real_work, Count lreal, int* integers, Count lintegers) {
    if constexpr (real<T>) {
      static auto* syevd =
          routine<Routine<Flag, Flag, Count, T*, Count, T*, T*, Count, int*, Count, int*, size_t, size_t>>(letter<T>,
                                                                                                           "syevd");
      syevd(job, "L", &n, a.get(), &lda, values, work, lwork, integers, lintegers, &info, 1, 1);
    } else {
      static auto* heevd = routine<Routine<Flag, Flag, Count, T*, Count, Real<T>*, T*, Count, Real<T>*, Count, int*,
                                           Count, int*, size_t, size_t>>(letter<T>, "heevd");
      heevd(job, "L", &n, a.get(), &lda, values, work, lwork, real_work, lreal, integers, lintegers, &info, 1, 1);
    }
  };
  measure(room, 2 * a.rows + vectors, call);
  int lwork = length(room.work), lreal = length(room.real), lintegers = length(room.integers);
  call(room.work.data(), &lwork, room.real.data(), &lreal, room.integers.data(), &lintegers);
  return info == 0;
}

template <class T>
bool eig(Matrix<T>& a, std::complex<Real<T>>* values, Matrix<std::complex<Real<T>>>* vectors, Work<T>& room) {
  using R = Real<T>;
  int n = size(a.rows), lda = stride(n), info = 0, one = 1;
  Flag job = vectors ? "V" : "N";
  int ldv = vectors ? lda : 1;
  if constexpr (real<T>) {
    static auto* geev =
        routine<Routine<Flag, Flag, Count, T*, Count, T*, T*, T*, Count, T*, Count, T*, Count, int*, size_t, size_t>>(
            letter<T>, "geev");
    Room<T> re(static_cast<size_t>(n)), im(re), v(vectors ? static_cast<size_t>(n) * static_cast<size_t>(n) : 1);
    auto call = [&](T* work, Count lwork, R*, Count, int*, Count) {
      geev("N", job, &n, a.get(), &lda, re.data(), im.data(), nullptr, &one, v.data(), &ldv, work, lwork, &info, 1, 1);
    };
    measure(room, 2 * a.rows + (vectors != nullptr), call);
    int lwork = length(room.work);
    call(room.work.data(), &lwork, nullptr, nullptr, nullptr, nullptr);
    if (info != 0) return false;
    for (size_t j = 0; j < re.size(); ++j) values[j] = {re[j], im[j]};
    // A pair of conjugates has the real and the imaginary part of its vector in two columns.
    for (int64_t j = 0; vectors && j < n; ++j) {
      bool pair = im[static_cast<size_t>(j)] != 0 && j + 1 < n;
      for (int64_t i = 0; i < n; ++i) {
        R x = v[static_cast<size_t>(j * n + i)], y = pair ? v[static_cast<size_t>((j + 1) * n + i)] : 0;
        (*vectors)(i, j) = {x, y};
        if (pair) (*vectors)(i, j + 1) = {x, -y};
      }
      j += pair;
    }
  } else {
    static auto* geev =
        routine<Routine<Flag, Flag, Count, T*, Count, T*, T*, Count, T*, Count, T*, Count, R*, int*, size_t, size_t>>(
            letter<T>, "geev");
    room.real.resize(static_cast<size_t>(std::max(1, 2 * n)));
    auto call = [&](T* work, Count lwork, R*, Count, int*, Count) {
      Room<R> few(static_cast<size_t>(std::max(1, 2 * n)));
      geev("N", job, &n, a.get(), &lda, values, nullptr, &one, vectors ? vectors->get() : nullptr, &ldv, work, lwork,
           few.data(), &info, 1, 1);
    };
    measure(room, 2 * a.rows + (vectors != nullptr), call);
    int lwork = length(room.work);
    call(room.work.data(), &lwork, nullptr, nullptr, nullptr, nullptr);
  }
  return info == 0;
}

template <class T>
bool schur(Matrix<T>& a, Matrix<T>& z, Work<T>& room) {
  using R = Real<T>;
  int n = size(a.rows), lda = stride(n), info = 0, chosen = 0;
  Room<T> re(static_cast<size_t>(n)), im(re);
  Room<R> few(static_cast<size_t>(n));
  auto call = [&](T* work, Count lwork, R*, Count, int*, Count) {
    if constexpr (real<T>) {
      static auto* gees = routine<
          Routine<Flag, Flag, void*, Count, T*, Count, int*, T*, T*, T*, Count, T*, Count, int*, int*, size_t, size_t>>(
          letter<T>, "gees");
      gees("V", "N", nullptr, &n, a.get(), &lda, &chosen, re.data(), im.data(), z.get(), &lda, work, lwork, nullptr,
           &info, 1, 1);
    } else {
      static auto* gees = routine<
          Routine<Flag, Flag, void*, Count, T*, Count, int*, T*, T*, Count, T*, Count, R*, int*, int*, size_t, size_t>>(
          letter<T>, "gees");
      gees("V", "N", nullptr, &n, a.get(), &lda, &chosen, re.data(), z.get(), &lda, work, lwork, few.data(), nullptr,
           &info, 1, 1);
    }
  };
  measure(room, a.rows, call);
  int lwork = length(room.work);
  call(room.work.data(), &lwork, nullptr, nullptr, nullptr, nullptr);
  return info == 0;
}

template <class T>
bool svd(Matrix<T>& a, bool full, Real<T>* s, Matrix<T>* u, Matrix<T>* vh, Work<T>& room) {
  using R = Real<T>;
  int m = size(a.rows), n = size(a.columns), lda = stride(m), info = 0, one = 1;
  Flag job = !u ? "N" : full ? "A" : "S";
  int ldv = vh ? stride(vh->rows) : one;
  int64_t few = std::min(a.rows, a.columns), many = std::max(a.rows, a.columns);
  check_room((u ? 5 * few * few : 0) + 7 * few + 64 * many);
  room.integers.resize(static_cast<size_t>(8 * few));
  // What the documentation of gesdd asks for; there is no query.
  if constexpr (!real<T>) room.real.resize(static_cast<size_t>(few * std::max(5 * few + 7, 2 * many + 2 * few + 1)));
  auto call = [&](T* work, Count lwork, R*, Count, int*, Count) {
    T* left = u ? u->get() : nullptr;
    T* right = vh ? vh->get() : nullptr;
    if constexpr (real<T>) {
      static auto* gesdd =
          routine<Routine<Flag, Count, Count, T*, Count, R*, T*, Count, T*, Count, T*, Count, int*, int*, size_t>>(
              letter<T>, "gesdd");
      gesdd(job, &m, &n, a.get(), &lda, s, left, &lda, right, &ldv, work, lwork, room.integers.data(), &info, 1);
    } else {
      static auto* gesdd =
          routine<Routine<Flag, Count, Count, T*, Count, R*, T*, Count, T*, Count, T*, Count, R*, int*, int*, size_t>>(
              letter<T>, "gesdd");
      gesdd(job, &m, &n, a.get(), &lda, s, left, &lda, right, &ldv, work, lwork, room.real.data(), room.integers.data(),
            &info, 1);
    }
  };
  int64_t asked_for = (a.rows * 65537 + a.columns) * 4 + (u ? 1 + full : 0);
  if (room.asked_for != asked_for) {
    T best{};
    int query = -1;
    call(&best, &query, nullptr, nullptr, nullptr, nullptr);
    room.work.resize(static_cast<size_t>(std::max(1, whole(best))));
    room.asked_for = asked_for;
  }
  int lwork = length(room.work);
  call(room.work.data(), &lwork, nullptr, nullptr, nullptr, nullptr);
  return info == 0;
}

template <class T>
void qr(Matrix<T>& a, Matrix<T>* q, Work<T>& room) {
  static auto* geqrf = routine<Routine<Count, Count, T*, Count, T*, T*, Count, int*>>(letter<T>, "geqrf");
  static auto* orgqr = routine<Routine<Count, Count, Count, T*, Count, const T*, T*, Count, int*>>(
      letter<T>, real<T> ? "orgqr" : "ungqr");
  int m = size(a.rows), n = size(a.columns), lda = stride(m), rank = std::min(m, n), info = 0;
  check_room(64 * std::max(a.rows, a.columns));
  Room<T> factors(static_cast<size_t>(rank));
  auto reduce = [&](T* work, Count lwork, Real<T>*, Count, int*, Count) {
    geqrf(&m, &n, a.get(), &lda, factors.data(), work, lwork, &info);
  };
  measure(room, a.rows * 65537 + a.columns, reduce);
  room.work.resize(
      std::max(room.work.size(), static_cast<size_t>(64 * std::max(a.rows, a.columns))));  // for orgqr: blocks of 64
  int lwork = length(room.work);
  reduce(room.work.data(), &lwork, nullptr, nullptr, nullptr, nullptr);
  if (!q) return;
  int columns = size(q->columns);
  for (int64_t j = 0; j < columns; ++j)
    for (int64_t i = 0; i < m; ++i) (*q)(i, j) = j < rank ? a(i, j) : T(0);
  orgqr(&m, &columns, &rank, q->get(), &lda, factors.data(), room.work.data(), &lwork, &info);
}

template <class T>
bool least_squares(Matrix<T>& a, Matrix<T>& b, Real<T> cutoff, Real<T>* s, int& rank, Work<T>& room) {
  using R = Real<T>;
  int m = size(a.rows), n = size(a.columns), k = size(b.columns), lda = stride(m), ldb = stride(b.rows), info = 0;
  auto call = [&](T* work, Count lwork, R* real_work, Count, int* integers, Count) {
    if constexpr (real<T>) {
      static auto* gelsd =
          routine<Routine<Count, Count, Count, T*, Count, T*, Count, R*, const R*, int*, T*, Count, int*, int*>>(
              letter<T>, "gelsd");
      gelsd(&m, &n, &k, a.get(), &lda, b.get(), &ldb, s, &cutoff, &rank, work, lwork, integers, &info);
    } else {
      static auto* gelsd =
          routine<Routine<Count, Count, Count, T*, Count, T*, Count, R*, const R*, int*, T*, Count, R*, int*, int*>>(
              letter<T>, "gelsd");
      gelsd(&m, &n, &k, a.get(), &lda, b.get(), &ldb, s, &cutoff, &rank, work, lwork, real_work, integers, &info);
    }
  };
  measure(room, (a.rows * 65537 + a.columns) * 65537 + b.columns, call);
  int lwork = length(room.work);
  call(room.work.data(), &lwork, room.real.data(), nullptr, room.integers.data(), nullptr);
  return info == 0;
}

template <class T>
void solve_sylvester(const Matrix<T>& a, const Matrix<T>& b, Matrix<T>& c) {
  using R = Real<T>;
  static auto* trsyl = routine<
      Routine<Flag, Flag, Count, Count, Count, const T*, Count, const T*, Count, T*, Count, R*, int*, size_t, size_t>>(
      letter<T>, "trsyl");
  int m = size(a.rows), n = size(b.rows), lda = stride(m), ldb = stride(n), plus = 1, info = 0;
  R scale = 1;
  trsyl("N", "N", &plus, &m, &n, a.get(), &lda, b.get(), &ldb, c.get(), &lda, &scale, &info, 1, 1);
  // info is 1 where eigenvalues of a and -b are so close that they were moved apart: then there is no solution.
  T factor = info == 0 ? T(1 / scale) : T(NAN);
  for (T& x : c.data) x *= factor;
}

template <class T>
Matrix<T> product(const Matrix<T>& a, const Matrix<T>& b, bool adjoint_a, bool adjoint_b) {
  static auto* gemm = routine<Routine<Flag, Flag, Count, Count, Count, const T*, const T*, Count, const T*, Count,
                                      const T*, T*, Count, size_t, size_t>>(letter<T>, "gemm");
  Matrix<T> c(adjoint_a ? a.columns : a.rows, adjoint_b ? b.rows : b.columns);
  int m = size(c.rows), n = size(c.columns), inner = size(adjoint_a ? a.rows : a.columns);
  int lda = stride(a.rows), ldb = stride(b.rows), ldc = stride(m);
  T one(1), zero(0);
  gemm(adjoint_a ? "C" : "N", adjoint_b ? "C" : "N", &m, &n, &inner, &one, a.get(), &lda, b.get(), &ldb, &zero, c.get(),
       &ldc, 1, 1);
  return c;
}

#define KOINE_LAPACK(T)                                                                            \
  template bool cholesky(Matrix<T>&);                                                              \
  template bool lu(Matrix<T>&, int*);                                                              \
  template void solve_lu(const Matrix<T>&, const int*, Matrix<T>&);                                \
  template void solve_triangular(const Matrix<T>&, bool, bool, Matrix<T>&);                        \
  template bool eigh(Matrix<T>&, bool, Real<T>*, Work<T>&);                                        \
  template bool eig(Matrix<T>&, std::complex<Real<T>>*, Matrix<std::complex<Real<T>>>*, Work<T>&); \
  template bool schur(Matrix<T>&, Matrix<T>&, Work<T>&);                                           \
  template bool svd(Matrix<T>&, bool, Real<T>*, Matrix<T>*, Matrix<T>*, Work<T>&);                 \
  template void qr(Matrix<T>&, Matrix<T>*, Work<T>&);                                              \
  template bool least_squares(Matrix<T>&, Matrix<T>&, Real<T>, Real<T>*, int&, Work<T>&);          \
  template void solve_sylvester(const Matrix<T>&, const Matrix<T>&, Matrix<T>&);                   \
  template Matrix<T> product(const Matrix<T>&, const Matrix<T>&, bool, bool);
KOINE_LAPACK(float)
KOINE_LAPACK(double)
KOINE_LAPACK(std::complex<float>)
KOINE_LAPACK(std::complex<double>)
#undef KOINE_LAPACK

}  // namespace koine::ops::lapack
