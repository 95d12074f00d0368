#include "ops/family/batch_of_matrices.h"
#include "ops/family/factorization_kernels.h"

#include <array>
#include <limits>

/// Functions of matrices, all computed in double precision.
namespace koine::ops {

using lapack::Matrix;
using lapack::product;
using lapack::Work;
using C = std::complex<double>;

namespace {

template <class T>
Matrix<T> identity(int64_t n) {
  Matrix<T> x(n, n);
  for (int64_t i = 0; i < n; ++i) x(i, i) = T(1);
  return x;
}
template <class T>
void add(Matrix<T>& to, double factor, const Matrix<T>& x) {
  for (size_t i = 0; i < x.data.size(); ++i) to.data[i] += T(factor) * x.data[i];
}
/// The greatest sum of a column.
template <class T>
double norm_1(const Matrix<T>& x) {
  double most = 0;
  for (int64_t j = 0; j < x.columns; ++j) {
    double sum = 0;
    for (int64_t i = 0; i < x.rows; ++i) sum += std::abs(x(i, j));
    most = std::max(most, sum);
  }
  return most;
}

/// Calls f on each matrix in double precision and stores what it returns; NaN where it has no finite result, and where
/// a function of a real matrix is not real.
template <class From, class Inner, class F>
void each_function(const KernelInput& k, F&& f) {
  int64_t n = length(k.in[0], 1);
  each_range(k, matrices(k.in[0]), 8 * n * n, [&](int64_t first, int64_t last) {
    Matrix<Inner> a(n, n);
    for (int64_t b = first; b < last && n; ++b) {
      const From* from = k.in[0].as<From>() + b * n * n;
      From* to = k.out[0].as<From>() + b * n * n;
      for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) a(i, j) = Inner(from[i * n + j]);
      Matrix<Inner> y = all_finite(a) ? f(a) : Matrix<Inner>();
      if (y.data.empty()) {
        std::fill_n(to, n * n, From(NAN));
        continue;
      }
      double imaginary = 0, whole = 0;
      for (Inner x : y.data) {
        if constexpr (!is_real<Inner>) imaginary = std::max(imaginary, std::abs(x.imag()));
        whole = std::max(whole, std::abs(x));
      }
      bool good = !is_real<From> || imaginary <= 1e-8 * whole;
      for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) {
          From& place = to[i * n + j];
          if constexpr (is_real<From> && !is_real<Inner>)
            place = good ? static_cast<From>(y(i, j).real()) : From(NAN);
          else
            place = From(y(i, j));
        }
    }
  });
}

// Higham, "The scaling and squaring method for the matrix exponential revisited" (2005): the diagonal Pade
// approximants p(x) / p(-x), and up to which norm each is exact in double precision.
struct Approximant {
  double reach;
  std::vector<double> coefficients;
};
const std::array<Approximant, 5>& approximants() {
  static const std::array<Approximant, 5> list = {{
      {1.495585217958292e-2, {120, 60, 12, 1}},
      {2.539398330063230e-1, {30240, 15120, 3360, 420, 30, 1}},
      {9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
      {2.097847961257068, {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}},
      {5.371920351148152,
       {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
        670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}},
  }};
  return list;
}

template <class T>
Matrix<T> exponential(Matrix<T> a) {
  int64_t n = a.rows;
  double size = norm_1(a);
  size_t order = 0;
  while (order + 1 < approximants().size() && size > approximants()[order].reach) ++order;
  const auto& [reach, coefficients] = approximants()[order];
  int squarings = size > reach ? static_cast<int>(std::ceil(std::log2(size / reach))) : 0;
  for (T& x : a.data) x = x * T(std::ldexp(1.0, -squarings));
  Matrix<T> square = product(a, a), power = identity<T>(n), even(n, n), odd(n, n);
  for (size_t i = 0; i < coefficients.size(); i += 2) {
    if (i) power = product(power, square);
    add(even, coefficients[i], power);
    add(odd, coefficients[i + 1], power);
  }
  odd = product(a, odd);
  Matrix<T> below = even, y = even;
  add(below, -1, odd);
  add(y, 1, odd);
  std::vector<int> pivots(static_cast<size_t>(n));
  if (!lapack::lu(below, pivots.data())) return {};
  lapack::solve_lu(below, pivots.data(), y);
  for (int i = 0; i < squarings; ++i) y = product(y, y);
  return y;
}

/// The root of an upper triangle whose eigenvalues have positive real parts (Bjorck and Hammarling, 1983).
Matrix<C> root_of_triangle(const Matrix<C>& t) {
  int64_t n = t.rows;
  Matrix<C> r(n, n);
  for (int64_t j = 0; j < n; ++j) {
    r(j, j) = std::sqrt(t(j, j));
    for (int64_t i = j; i-- > 0;) {
      C rest = t(i, j);
      for (int64_t l = i + 1; l < j; ++l) rest -= r(i, l) * r(l, j);
      C sum = r(i, i) + r(j, j);
      r(i, j) = rest == C(0) ? C(0) : rest / sum;
    }
  }
  return r;
}

/// f of a triangle that is similar to a, turned back.
template <class F>
Matrix<C> by_schur(Matrix<C> a, F&& f) {
  Matrix<C> z(a.rows, a.rows);
  Work<C> room;
  if (!lapack::schur(a, z, room)) return {};
  Matrix<C> y = f(a);
  return y.data.empty() ? y : product(product(z, y), z, false, true);
}

// Inverse scaling and squaring: roots are taken until the triangle is close to the identity, where a Pade approximant
// of order 7 holds (Higham, "Functions of Matrices", chapter 11). As a sum of fractions it is Gauss and Legendre's
// quadrature of x / (1 + t x) over t from 0 to 1.
Matrix<C> logarithm_of_triangle(const Matrix<C>& given) {
  constexpr double reach = 0.25;
  constexpr double nodes[] = {-0.9491079123427585, -0.7415311855993945, -0.4058451513773972, 0.0,
                              0.4058451513773972,  0.7415311855993945,  0.9491079123427585};
  constexpr double weights[] = {0.1294849661688697, 0.2797053914892766, 0.3818300505051189, 0.4179591836734694,
                                0.3818300505051189, 0.2797053914892766, 0.1294849661688697};
  int64_t n = given.rows;
  for (int64_t i = 0; i < n; ++i)
    if (given(i, i) == C(0)) return {};
  Matrix<C> x = given;
  int roots = 0;
  auto less_identity = [&] {
    Matrix<C> rest = x;
    add(rest, -1, identity<C>(n));
    return rest;
  };
  Matrix<C> rest = less_identity();
  for (; norm_1(rest) > reach; rest = less_identity()) {
    if (++roots > 100) return {};
    x = root_of_triangle(x);
  }
  Matrix<C> y(n, n);
  for (size_t i = 0; i < std::size(nodes); ++i) {
    Matrix<C> below = identity<C>(n), part = rest;
    add(below, (1 + nodes[i]) / 2, rest);
    lapack::solve_triangular(below, false, false, part);
    add(y, std::ldexp(weights[i] / 2, roots), part);
  }
  for (int64_t i = 0; i < n; ++i) y(i, i) = std::log(given(i, i));
  return y;
}

template <class F>
void complex_function(const KernelInput& k, F&& f) {
  with_type_of(k.in[0].dtype,
               [&]<class T>(T) { each_function<T, C>(k, [&](const Matrix<C>& a) { return by_schur(a, f); }); });
}

}  // namespace

void expm_reference(const KernelInput& k) {
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    using Inner = std::conditional_t<is_real<T>, double, C>;
    each_function<T, Inner>(k, [](const Matrix<Inner>& a) { return exponential(a); });
  });
}

void sqrtm_reference(const KernelInput& k) { complex_function(k, root_of_triangle); }
void logm_reference(const KernelInput& k) { complex_function(k, logarithm_of_triangle); }

}  // namespace koine::ops
