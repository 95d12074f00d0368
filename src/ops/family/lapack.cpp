#include "ops/family/lapack.h"

#include <koine/error.h>

#include <dlfcn.h>
#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

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
    for (const char* name : {"$ORIGIN/liblapacke.so.3", "liblapacke.so.3", "liblapacke.so"})
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

template <class F>
F* routine(char type, const char* name) {
  std::string full = std::string("LAPACKE_") + type + name;
  void* found = find(library(), full);
  if (!found) throw DeviceError("liblapacke has no " + full);
  return reinterpret_cast<F*>(found);
}

constexpr int row_major = 101;

int size(int64_t n) {
  if (n > INT32_MAX)
    throw ShapeError("a matrix has " + std::to_string(n) + " rows or columns, more than LAPACK counts");
  return static_cast<int>(n);
}

}  // namespace

template <class T>
bool cholesky(int64_t n, T* a) {
  static auto* potrf = routine<int(int, char, int, T*, int)>(letter<T>, "potrf");
  return potrf(row_major, 'L', size(n), a, size(n)) == 0;
}

template <class T>
bool solve(int64_t n, int64_t columns, T* a, T* b) {
  static auto* gesv = routine<int(int, int, int, T*, int, int*, T*, int)>(letter<T>, "gesv");
  std::vector<int> pivots(static_cast<size_t>(n));
  return gesv(row_major, size(n), size(columns), a, size(n), pivots.data(), b, size(columns)) == 0;
}

template <class T>
void lu(int64_t n, T* a, int* pivots) {
  static auto* getrf = routine<int(int, int, int, T*, int, int*)>(letter<T>, "getrf");
  // An exact zero among the pivots is a result like another: the determinant is 0.
  if (getrf(row_major, size(n), size(n), a, size(n), pivots) < 0) std::fill_n(a, n * n, T(NAN));
}

template <class T>
bool eigh(int64_t n, T* a, Real<T>* values) {
  static auto* evd = routine<int(int, char, char, int, T*, int, Real<T>*)>(letter<T>, real<T> ? "syevd" : "heevd");
  return evd(row_major, 'V', 'L', size(n), a, size(n), values) == 0;
}

template <class T>
bool svd(int64_t m, int64_t n, bool full, T* a, Real<T>* s, T* u, T* vh) {
  static auto* gesdd = routine<int(int, char, int, int, T*, int, Real<T>*, T*, int, T*, int)>(letter<T>, "gesdd");
  int columns = size(full ? m : std::min(m, n));
  return gesdd(row_major, full ? 'A' : 'S', size(m), size(n), a, size(n), s, u, columns, vh, size(n)) == 0;
}

template <class T>
void qr(int64_t m, int64_t n, int64_t columns, T* a, T* q) {
  static auto* geqrf = routine<int(int, int, int, T*, int, T*)>(letter<T>, "geqrf");
  static auto* orgqr = routine<int(int, int, int, int, T*, int, const T*)>(letter<T>, real<T> ? "orgqr" : "ungqr");
  int64_t rank = std::min(m, n);
  std::vector<T> factors(static_cast<size_t>(rank));
  bool good = geqrf(row_major, size(m), size(n), a, size(n), factors.data()) == 0;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < columns; ++j) q[i * columns + j] = j < rank ? a[i * n + j] : T(0);
  good = good && orgqr(row_major, size(m), size(columns), size(rank), q, size(columns), factors.data()) == 0;
  if (good) return;
  std::fill_n(a, m * n, T(NAN));
  std::fill_n(q, m * columns, T(NAN));
}

#define KOINE_LAPACK(T)                                            \
  template bool cholesky(int64_t, T*);                             \
  template bool solve(int64_t, int64_t, T*, T*);                   \
  template void lu(int64_t, T*, int*);                             \
  template bool eigh(int64_t, T*, Real<T>*);                       \
  template bool svd(int64_t, int64_t, bool, T*, Real<T>*, T*, T*); \
  template void qr(int64_t, int64_t, int64_t, T*, T*);
KOINE_LAPACK(float)
KOINE_LAPACK(double)
KOINE_LAPACK(std::complex<float>)
KOINE_LAPACK(std::complex<double>)
#undef KOINE_LAPACK

}  // namespace koine::ops::lapack
