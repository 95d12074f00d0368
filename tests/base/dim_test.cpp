#include <koine/dim.h>
#include <koine/error.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace koine {
namespace {

using Values = std::vector<std::pair<std::string, int64_t>>;

const Dim n = Dim::symbol("n");
const Dim m = Dim::symbol("m");

int64_t at(Dim dim, int64_t n_value, int64_t m_value) {
  return substitute(dim, Values{{"n", n_value}, {"m", m_value}}).value();
}

TEST_CASE("concrete sizes compute as integers, rounding to minus infinity") {
  static_assert(sizeof(Dim) == 8 && std::is_trivially_copyable_v<Dim>);
  static_assert((Dim(3) + 4) * 2 - 1 == 13);
  for (int64_t a = -9; a <= 9; ++a) {
    for (int64_t b = -4; b <= 4; ++b) {
      CHECK((Dim(a) + b).value() == a + b);
      CHECK((Dim(a) - b).value() == a - b);
      CHECK((Dim(a) * b).value() == a * b);
      CHECK((Dim(a) < Dim(b)) == (a < b));
      CHECK((Dim(a) >= Dim(b)) == (a >= b));
      CHECK(max(Dim(a), Dim(b)).value() == std::max(a, b));
      CHECK(min(Dim(a), Dim(b)).value() == std::min(a, b));
      if (b == 0) continue;
      const int64_t quotient = floor_div(Dim(a), Dim(b)).value();
      const int64_t rest = mod(Dim(a), Dim(b)).value();
      CHECK(quotient * b + rest == a);
      CHECK((b > 0 ? rest >= 0 && rest < b : rest <= 0 && rest > b));
      CHECK(ceil_div(Dim(a), Dim(b)).value() == quotient + (rest != 0));
    }
  }
  CHECK_THROWS_AS(floor_div(Dim(1), Dim(0)), ShapeError);
  CHECK_THROWS_AS(mod(Dim(1), Dim(0)), ShapeError);
  CHECK_THROWS_AS(ceil_div(n, Dim(0)), ShapeError);
}

TEST_CASE("overflow is an error") {
  const Dim largest = INT64_MAX;
  const Dim least = -(int64_t{1} << 62);
  CHECK_THROWS_AS(largest + 1, ShapeError);
  CHECK_THROWS_AS(largest * 2, ShapeError);
  CHECK_THROWS_AS(largest * largest, ShapeError);
  CHECK_THROWS_AS(least - 1, ShapeError);
  CHECK_THROWS_AS(least * 2, ShapeError);
  CHECK_THROWS_AS(least - largest, ShapeError);
  CHECK_THROWS_AS(Dim(INT64_MIN), ShapeError);
  CHECK_THROWS_AS(Dim(UINT64_MAX), ShapeError);
  CHECK_THROWS_AS(n * largest * 2, ShapeError);
  CHECK_THROWS_AS(at(n * m, INT64_MAX, 2), ShapeError);
  CHECK_THROWS_AS(count(Shape{int64_t{1} << 40, int64_t{1} << 40}), ShapeError);
  CHECK(count(Shape{int64_t{1} << 40, int64_t{1} << 40, 0}).value() == 0);
  CHECK((largest - 1 + 1).value() == INT64_MAX);
}

TEST_CASE("equal polynomials are the same Dim") {
  CHECK(same(n * m, m * n));
  CHECK(same((n + 1) * 2 - 2, 2 * n));
  CHECK(same((n + m) * (n - m), n * n - m * m));
  CHECK(same(n - n, 0));
  CHECK(same(floor_div(2 * n, 2), n));
  CHECK(same(floor_div(2 * n + 1, 2), n));
  CHECK(same(floor_div(n * m, m), n));
  CHECK(same(floor_div(n * m + n, m + 1), n));
  CHECK(same(floor_div(4 * n + 2, 8), floor_div(2 * n + 1, 4)));
  CHECK(same(floor_div(2 * n + 1, 4), floor_div(n, 2)));
  CHECK(same(floor_div(n * 6, m * 4), floor_div(3 * n, 2 * m)));
  CHECK(same(floor_div(floor_div(n, 2), 3), floor_div(n, 6)));
  CHECK(same(floor_div(floor_div(n - 1, 2) + 1, 2), floor_div(n + 1, 4)));
  CHECK(same(mod(4 * n + 3, 4), 3));
  CHECK(same(mod(n * m, m), 0));
  CHECK(same(floor_div(mod(n, 4), 4), 0));
  CHECK(same(floor_div(m, m + n), 0));
  CHECK(same(floor_div(n, -2), floor_div(-n, 2)));
  CHECK(same(ceil_div(n, 2), floor_div(n + 1, 2)));
  CHECK(same(max(n, m), max(m, n)));
  CHECK(same(max(n, 2), n));
  CHECK(same(max(n, n), n));
  CHECK(same(min(n + 1, m + 1), min(n, m) + 1));
  CHECK(same(max(max(n, m), n), max(n, m)));
  CHECK(same(max(max(n, 5), m), max(n, max(m, 5))));
  CHECK(same(Dim::symbol("n"), n));
  CHECK_FALSE(same(n, m));
  CHECK_FALSE(same(floor_div(n, 2) * 2, n));
  CHECK((n * m).hash() == (m * n).hash());
  CHECK(n.hash() != m.hash());
}

TEST_CASE("expressions are printed as they would be written") {
  CHECK(to_string(n) == "n");
  CHECK(to_string(Dim(-3)) == "-3");
  CHECK(to_string(2 * n + 1) == "2*n + 1");
  CHECK(to_string(1 - m * n) == "-m*n + 1");
  CHECK(to_string(n * n - 1) == "n^2 - 1");
  CHECK(to_string(floor_div(n + 1, 2)) == "(n + 1)//2");
  CHECK(to_string(3 * floor_div(n, 2)) == "3*(n//2)");
  CHECK(to_string(-floor_div(n, 2)) == "-(n//2)");
  CHECK(to_string(floor_div(n, m) * floor_div(n, m)) == "(n//m)^2");
  CHECK(to_string(mod(n, 4)) == "n - 4*(n//4)");
  CHECK(to_string(max(n + 1, m)) == "max(m, n + 1)");
  CHECK(to_string(min(8, n)) == "min(8, n)");
}

TEST_CASE("questions about symbols have an answer for all sizes from 2 up, or none") {
  CHECK(n == n);
  CHECK(n != 0);
  CHECK(n != 1);
  CHECK(n != n + 1);
  CHECK(2 * n != 7);
  CHECK(n * m != n);
  CHECK(n > 1);
  CHECK(n >= 2);
  CHECK_FALSE(n < 2);
  CHECK(n * m >= n + m);
  CHECK(n < n * m);
  CHECK(max(n, m) >= n);
  CHECK(min(n, m) <= m);
  CHECK(floor_div(n, 4) * 4 <= n);
  CHECK(ceil_div(n, 4) * 4 >= n);
  CHECK(mod(n, 4) < 4);
  CHECK(mod(n, 4) >= 0);
  CHECK_THROWS_WITH_AS((void)(n == m), "cannot decide whether n == m: symbolic sizes are known only at run time",
                       ShapeError);
  CHECK_THROWS_AS((void)(n == 3), ShapeError);
  CHECK_THROWS_AS((void)(n < 3), ShapeError);
  CHECK_THROWS_AS((void)(n < m), ShapeError);
  CHECK_THROWS_WITH_AS(n.value(), "the size n is symbolic: its value is known only at run time", ShapeError);
  CHECK_THROWS_AS(Dim::symbol("2n"), ValueError);
  CHECK_THROWS_AS(Dim::symbol(""), ValueError);
}

TEST_CASE("substitute replaces some or all symbols") {
  CHECK(at(2 * n * m + floor_div(n + 1, m) - max(n, m), 7, 3) == 42 + 2 - 7);
  CHECK(same(substitute(n * m + m, Values{{"n", 4}}), 5 * m));
  CHECK(same(substitute(n, Values{{"k", 4}}), n));
  CHECK(same(substitute(5, Values{}), 5));
  CHECK_THROWS_AS(substitute(n, Values{{"n", 1}}), ShapeError);
  CHECK_THROWS_AS(at(floor_div(n, m - 3), 5, 3), ShapeError);
}

// A Dim together with the integers it must be at the points below.
struct Sample {
  Dim dim;
  std::vector<int64_t> values;
};

const std::vector<std::pair<int64_t, int64_t>> points = {{2, 2}, {2, 3},  {3, 2},  {5, 4},
                                                         {6, 6}, {7, 11}, {16, 5}, {97, 64}};

int64_t floor_quotient(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

TEST_CASE("random expressions agree with integers, and so does every answer about them") {
  std::mt19937 random(1);
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  int answers = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Sample> pool(4);
    pool[0].dim = n;
    pool[1].dim = m;
    pool[2].dim = 1 + static_cast<int>(below(5));
    pool[3].dim = n + static_cast<int>(below(3));
    for (Sample& sample : pool) {
      for (const auto& [x, y] : points) sample.values.push_back(at(sample.dim, x, y));
    }
    for (int step = 0; step < 8; ++step) {
      const Sample& a = pool[below(pool.size())];
      const Sample& b = pool[below(pool.size())];
      size_t operation = below(7);
      const bool divides_by_zero = std::find(b.values.begin(), b.values.end(), 0) != b.values.end();
      if (operation > 4 && divides_by_zero) operation = 0;
      if (operation == 2 && to_string(a.dim).size() + to_string(b.dim).size() > 40) operation = 1;
      Sample result;
      result.dim = operation == 0   ? a.dim + b.dim
                   : operation == 1 ? a.dim - b.dim
                   : operation == 2 ? a.dim * b.dim
                   : operation == 3 ? max(a.dim, b.dim)
                   : operation == 4 ? min(a.dim, b.dim)
                   : operation == 5 ? floor_div(a.dim, b.dim)
                                    : mod(a.dim, b.dim);
      for (size_t i = 0; i < points.size(); ++i) {
        const int64_t x = a.values[i];
        const int64_t y = b.values[i];
        result.values.push_back(operation == 0   ? x + y
                                : operation == 1 ? x - y
                                : operation == 2 ? x * y
                                : operation == 3 ? std::max(x, y)
                                : operation == 4 ? std::min(x, y)
                                : operation == 5 ? floor_quotient(x, y)
                                                 : x - y * floor_quotient(x, y));
        CAPTURE(to_string(a.dim));
        CAPTURE(to_string(b.dim));
        CAPTURE(operation);
        REQUIRE(at(result.dim, points[i].first, points[i].second) == result.values.back());
      }
      pool.push_back(result);
    }
    for (const Sample& a : pool) {
      for (const Sample& b : pool) {
        CAPTURE(to_string(a.dim));
        CAPTURE(to_string(b.dim));
        try {
          const bool less = a.dim < b.dim;
          for (size_t i = 0; i < points.size(); ++i) REQUIRE((a.values[i] < b.values[i]) == less);
          ++answers;
        } catch (const ShapeError&) {
        }
        try {
          const bool equal = a.dim == b.dim;
          for (size_t i = 0; i < points.size(); ++i) REQUIRE((a.values[i] == b.values[i]) == equal);
        } catch (const ShapeError&) {
        }
      }
    }
  }
  CHECK(answers > 1000);
}

TEST_CASE("threads that build the same expressions get the same Dims") {
  constexpr int steps = 200;
  std::vector<std::vector<Dim>> built(4);
  std::vector<std::thread> threads;
  for (std::vector<Dim>& dims : built) {
    threads.emplace_back([&dims] {
      const Dim k = Dim::symbol("thread_size");
      for (int i = 0; i < steps; ++i) dims.push_back(floor_div(k * k + i, 7) + max(k, i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<Dim>& dims : built) {
    for (size_t i = 0; i < steps; ++i) CHECK(same(dims[i], built[0][i]));
  }
}

}  // namespace
}  // namespace koine
