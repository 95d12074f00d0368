// scalar: bodies of elementwise ops where classes of numbers meet, and where a primitive has no meaning.
#include "ops/family/scalar_eval.h"

#include <doctest/doctest.h>

#include <koine/koine.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

using namespace koine;
using namespace koine::scalar;

namespace {

using Complex = std::complex<double>;

template <class T>
auto numbers(auto& lane) {
  if constexpr (std::is_same_v<T, uint64_t>) return std::pair(lane.u, WideKind::unsigned_integer);
  if constexpr (std::is_same_v<T, int64_t>) return std::pair(lane.i, WideKind::signed_integer);
  if constexpr (std::is_same_v<T, double>) return std::pair(lane.f, WideKind::real);
  if constexpr (std::is_same_v<T, Complex>) return std::pair(lane.c, WideKind::complex);
}

template <class T>
Lane lane_of(const std::vector<T>& values) {
  Lane lane;
  auto [data, kind] = numbers<T>(lane);
  lane.kind = kind;
  std::copy(values.begin(), values.end(), data);
  return lane;
}

/// The body on lanes of n numbers; the result has to be of class R.
template <class R, class F, class... T>
std::vector<R> results(F body, const std::vector<T>&... operands) {
  const Program program = record<sizeof...(T)>(body);
  const Lane inputs[] = {lane_of(operands)...};
  const size_t sizes[] = {operands.size()...};
  std::vector<Lane> scratch(program.code.size());
  const Lane& lane = evaluate(program, inputs, static_cast<int>(sizes[0]), 64, scratch.data());
  auto [data, kind] = numbers<R>(lane);
  CHECK(lane.kind == kind);
  return {data, data + sizes[0]};
}

template <class T>
std::vector<T> counted_to(int n) {
  std::vector<T> list;
  for (int i = 0; i < n; ++i) list.push_back(static_cast<T>(i));
  return list;
}

}  // namespace

TEST_CASE("scalar: predicates are 1 and 0 of the class that they meet") {
  auto body = [](auto x) { return (x != 2) + 3 * x; };
  CHECK(results<uint64_t>(body, std::vector<uint64_t>{1, 2}) == std::vector<uint64_t>{4, 6});
  CHECK(results<int64_t>(body, std::vector<int64_t>{-1, 2}) == std::vector<int64_t>{-2, 6});
  CHECK(results<double>(body, std::vector<double>{0.5, 2}) == std::vector<double>{2.5, 6});
  CHECK(results<Complex>(body, std::vector<Complex>{{0, 1}, 2}) == std::vector<Complex>{{1, 3}, 6});
  CHECK(results<double>([](auto x) { return !x - x; }, std::vector<double>{0, 3}) == std::vector<double>{1, -3});
}

TEST_CASE("scalar: constants are of the widest class, also below zero") {
  CHECK(results<uint64_t>([](auto x) { return x + -1; }, std::vector<uint64_t>{0, 5}) ==
        std::vector<uint64_t>{UINT64_MAX, 4});
  CHECK(results<int64_t>([](auto x) { return x * -3; }, std::vector<int64_t>{-2, 5}) == std::vector<int64_t>{6, -15});
  auto chosen = [](auto x) { return select(x == 1, -2.5, x); };
  CHECK(results<double>(chosen, std::vector<double>{1, 7}) == std::vector<double>{-2.5, 7});
  CHECK(results<Complex>(chosen, std::vector<Complex>{1, {7, 1}}) == std::vector<Complex>{-2.5, {7, 1}});
}

TEST_CASE("scalar: the narrower of two classes becomes the wider, on either side") {
  const std::vector<uint64_t> u{3, 4};
  const std::vector<int64_t> i{-3, 4};
  const std::vector<double> f{0.5, -1};
  const std::vector<Complex> c{{0, 1}, {2, -1}};
  auto minus = [](auto x, auto y) { return x - y; };
  CHECK(results<int64_t>(minus, u, i) == std::vector<int64_t>{6, 0});
  CHECK(results<double>(minus, u, f) == std::vector<double>{2.5, 5});
  CHECK(results<double>(minus, f, i) == std::vector<double>{3.5, -5});
  CHECK(results<Complex>(minus, c, u) == std::vector<Complex>{{-3, 1}, {-2, -1}});
  CHECK(results<Complex>(minus, i, c) == std::vector<Complex>{{-3, -1}, {2, 1}});
  CHECK(results<Complex>(minus, c, f) == std::vector<Complex>{{-0.5, 1}, {3, -1}});
  auto pick = [](auto condition, auto x, auto y) { return select(condition, x, y); };
  CHECK(results<Complex>(pick, std::vector<uint64_t>{1, 0}, f, c) == std::vector<Complex>{0.5, {2, -1}});
}

TEST_CASE("scalar: a block is full, and what lies behind a shorter one stays") {
  const auto list = counted_to<double>(block);
  CHECK(results<double>([](auto x) { return (x - 1) * 2 + 2 - x; }, list) == list);
  Lane scratch[2], input = lane_of(counted_to<double>(3));
  scratch[1].f[3] = 7;
  CHECK(evaluate(record<1>([](auto x) { return -x; }), &input, 3, 64, scratch).f[3] == 7);
}

TEST_CASE("scalar: what has no meaning for a class is refused") {
  CHECK_THROWS_AS(results<int64_t>([](auto x) { return sin(x); }, std::vector<int64_t>{1}), DTypeError);
  CHECK_THROWS_AS(results<uint64_t>([](auto x) { return sqrt(x); }, std::vector<uint64_t>{1}), DTypeError);
  CHECK_THROWS_AS(results<double>([](auto x) { return ~x; }, std::vector<double>{1}), DTypeError);
  CHECK_THROWS_AS(results<Complex>([](auto x) { return floor(x); }, std::vector<Complex>{1}), DTypeError);
  CHECK_THROWS_AS(results<Complex>([](auto x) { return x < 1; }, std::vector<Complex>{1}), DTypeError);
}

TEST_CASE("scalar: zeros have the sign that is promised") {
  for (double zero : {0.0, -0.0}) {
    CHECK(!std::signbit(koine::sign(array({zero})).to_vector<double>()[0]));
    const std::vector<Complex> z = {Complex(zero, 0.0)};
    CHECK(!std::signbit(results<Complex>([](auto x) { return expm1(x); }, z)[0].real()));
  }
}
