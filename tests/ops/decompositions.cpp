// Decompositions of matrices beyond the samples of their ops, which are small: they give what they promise, and their
// derivatives are those of differences.
#include <doctest/doctest.h>
#include <koine/koine.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace koine;

namespace {

using Doubles = std::vector<double>;
Array turned(const Array& x) { return swapaxes(x, -1, -2); }
Array draw(uint64_t seed, const Shape& shape) { return normal(Key{seed}, {.shape = shape, .dtype = float64}); }
/// Symmetric, with eigenvalues of at least 1.
Array definite(uint64_t seed, const Shape& shape) {
  Array x = draw(seed, shape);
  return matmul(x, turned(x)) + eye(3, float64);
}
double largest(const Array& x) { return max(abs(x)).item<double>(); }

/// f(x) moves along a direction as differences say, and the way back is the transpose of that.
template <class F>
void check_derivative(const char* name, F f, const Array& x, const Array& direction) {
  CAPTURE(name);
  CAPTURE(to_string(x.shape()));
  const double step = 1e-6;
  Array difference = (f(x + step * direction) - f(x - step * direction)) / (2 * step);
  Array tangent = jvp(f, x, direction).tangent;
  CHECK(largest(tangent - difference) < 1e-7 * (1 + largest(difference)));
  auto [y, pull] = vjp(f, x);
  Array cotangent = draw(9, y.shape());
  CHECK(largest(sum(cotangent * tangent) - sum(pull(cotangent) * direction)) < 1e-9 * (1 + largest(difference)));
}

}  // namespace

TEST_CASE("decompositions: their parts make the matrix again") {
  Array x = definite(1, {2, 3, 3});
  Array factor = cholesky(x);
  CHECK(largest(matmul(factor, turned(factor)) - x) < 1e-12);
  auto [values, vectors] = eigh(x);
  CHECK(largest(matmul(vectors * expand_dims(values, -2), turned(vectors)) - x) < 1e-12);
  for (const Shape& shape : {Shape{4, 3}, Shape{1, 2, 4}, Shape{5, 3, 2}}) {
    CAPTURE(to_string(shape));
    Array y = draw(2, shape);
    auto [u, s, vh] = svd(y, {.full_matrices = false});
    CHECK(largest(matmul(u * expand_dims(s, -2), vh) - y) < 1e-12);
    for (const char* mode : {"reduced", "complete"}) {
      auto [q, r] = qr(y, {.mode = mode});
      CHECK(q.shape()[-2] == shape[-2]);
      CHECK(r.shape()[-1] == shape[-1]);
      CHECK(largest(matmul(q, r) - y) < 1e-12);
      CHECK(largest(matmul(turned(q), q) - eye(q.shape()[-1].value(), float64)) < 1e-12);
    }
  }
}

TEST_CASE("decompositions: without elements the vectors are those of an identity") {
  const Doubles two = {1, 0, 0, 1};
  auto [q, r] = qr(zeros({2, 0}, float64), {.mode = "complete"});
  CHECK(q.to_vector<double>() == two);
  CHECK(r.shape() == Shape{2, 0});
  CHECK(svd(zeros({2, 0}, float64)).u.to_vector<double>() == two);
  CHECK(svd(zeros({0, 2}, float64)).vh.to_vector<double>() == two);
}

TEST_CASE("decompositions: determinants of matrices that are simple or singular") {
  auto [sign, logarithm] =
      slogdet(array({{{1.0, 0.0}, {0.0, 1.0}}, {{0.0, 1.0}, {1.0, 0.0}}, {{1.0, 2.0}, {2.0, 4.0}}}));
  CHECK(sign.to_vector<double>() == Doubles{1, -1, 0});
  CHECK(logarithm.to_vector<double>() == Doubles{0, 0, -std::numeric_limits<double>::infinity()});
}

TEST_CASE("decompositions: of what is no number nothing is known") {
  auto [q, r] = qr(array({{NAN, 1.0}, {2.0, 3.0}}));
  CHECK(all(isnan(q)).item<bool>());
  CHECK(cast(isnan(r), {.dtype = float64}).to_vector<double>() == Doubles{1, 1, 0, 1});
  auto [values, vectors] = eigh(array({{NAN, 1.0}, {1.0, 3.0}}));
  CHECK((all(isnan(values)).item<bool>() && all(isnan(vectors)).item<bool>()));
  auto [u, s, vh] = svd(array({{NAN, 1.0}, {2.0, 3.0}}));
  for (const Array& part : {u, s, vh}) CHECK(all(isnan(part)).item<bool>());
}

TEST_CASE("decompositions: the Fourier transform of integers and truths is of single precision") {
  CHECK(dft(array({1, 0, -1, 0})).dtype() == complex64);
  CHECK(dft(array({1, 0, -1, 0}) > 0).dtype() == complex64);
  CHECK(dft(cast(array({1.0, 2.0}), {.dtype = float64})).dtype() == complex128);
}

TEST_CASE("decompositions: derivatives are those of differences") {
  for (const Shape& shape : {Shape{3, 3}, Shape{2, 3, 3}}) {
    Array x = definite(3, shape), any = draw(4, shape), b = draw(5, shape);
    Array direction = any + turned(any);
    check_derivative("cholesky", [](const Array& a) { return cholesky(a); }, x, direction);
    check_derivative("eigh, values", [](const Array& a) { return eigh(a).eigenvalues; }, x, direction);
    check_derivative("eigh, vectors", [](const Array& a) { return eigh(a).eigenvectors; }, x, direction);
    check_derivative("slogdet", [](const Array& a) { return slogdet(a).logabsdet; }, x + any * 0.1, any);
    check_derivative("solve", [&](const Array& a) { return solve(a, b); }, x + any * 0.1, any);
  }
  for (const Shape& shape : {Shape{4, 3}, Shape{3, 3}, Shape{2, 4}, Shape{3, 2, 4}}) {
    Array x = draw(6, shape), direction = draw(7, shape);
    check_derivative("qr, q", [](const Array& a) { return qr(a).q; }, x, direction);
    check_derivative("qr, r", [](const Array& a) { return qr(a).r; }, x, direction);
    check_derivative("svd, u", [](const Array& a) { return svd(a, {.full_matrices = false}).u; }, x, direction);
    check_derivative("svd, s", [](const Array& a) { return svd(a, {.full_matrices = false}).s; }, x, direction);
    check_derivative("svd, vh", [](const Array& a) { return svd(a, {.full_matrices = false}).vh; }, x, direction);
  }
}
