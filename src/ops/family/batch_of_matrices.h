#pragma once
#include "ops/family/lapack.h"
#include "ops/family/matrix.h"
#include "ops/family/op.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <utility>

/// What the kernels of linear algebra share: the matrices of a batch, one by one in LAPACK's order.
namespace koine::ops {

template <class F>
void with_type_of(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(float());
    case DType::float64:
      return f(double());
    case DType::complex64:
      return f(std::complex<float>());
    default:
      return f(std::complex<double>());
  }
}

template <class T>
T conjugate(T x) {
  return x;
}
template <class T>
std::complex<T> conjugate(std::complex<T> z) {
  return std::conj(z);
}
template <class T>
constexpr bool is_real = std::is_same_v<T, lapack::Real<T>>;

inline int64_t length(const ir::TensorRef& x, int from_end) {
  return x.shape[x.shape.size() - static_cast<size_t>(from_end)];
}
inline int64_t matrices(const ir::TensorRef& x, size_t axes = 2) {
  int64_t count = 1;
  for (size_t d = 0; d + axes < x.shape.size(); ++d) count *= x.shape[d];
  return count;
}

/// Calls f(first, last) for ranges that together are all `count` matrices, on several threads where the device has them
/// and `elements` of each matrix make that worth while.
template <class F>
void each_range(const KernelInput& k, int64_t count, int64_t elements, F&& f) {
  // A matrix of 32 x 32 takes some ten microseconds. Ranges follow from the shape alone.
  int64_t cost = std::max<int64_t>(1, elements), some = std::max<int64_t>(1, 8192 / cost);
  int64_t ranges = (count + some - 1) / some;
  k.runner.each(ranges, [&](int64_t r) { f(r * some, std::min(count, (r + 1) * some)); });
}

/// Row-major memory as a matrix that has its size, and back.
template <class T>
void load(const T* from, lapack::Matrix<T>& to) {
  for (int64_t i = 0; i < to.rows; ++i)
    for (int64_t j = 0; j < to.columns; ++j) to(i, j) = *from++;
}
template <class T>
void store(const lapack::Matrix<T>& from, T* to) {
  for (int64_t i = 0; i < from.rows; ++i)
    for (int64_t j = 0; j < from.columns; ++j) *to++ = from(i, j);
}
/// The Hermitian part.
template <class T>
void load_hermitian(const T* from, lapack::Matrix<T>& to) {
  int64_t n = to.rows;
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = 0; i < n; ++i) to(i, j) = (from[i * n + j] + conjugate(from[j * n + i])) / T(2);
}
template <class T>
bool all_finite(const lapack::Matrix<T>& a) {
  return std::all_of(a.data.begin(), a.data.end(),
                     [](T x) { return std::isfinite(std::real(x)) && std::isfinite(std::imag(x)); });
}

/// Where the elements of matrix b of a result go: scratch memory when nobody reads them.
template <class T>
class Place {
 public:
  Place(const ir::TensorRef& out, int64_t each) : out_(out.data ? out.as<T>() : nullptr), each_(each) {
    if (!out_) spare_.resize(static_cast<size_t>(each));
  }
  bool wanted() const { return out_; }
  T* at(int64_t b) { return out_ ? out_ + b * each_ : spare_.data(); }
  void fill(int64_t b, T value) { std::fill_n(at(b), each_, value); }

 private:
  T* out_;
  int64_t each_;
  std::vector<T> spare_;
};

/// What becomes of a matrix that has no result: an error if it is the only one, else NaN.
inline void check_only(const KernelInput& k, bool check_errors, const char* what) {
  if (check_errors && k.in[0].shape.size() == 2) throw ValueError(std::string("the matrix is ") + what);
}

}  // namespace koine::ops
