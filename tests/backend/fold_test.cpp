#include <koine/koine.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

/// Folds of more elements than one kernel's row takes, against sums in double here.
using namespace koine;

namespace {

/// Sums over the last `folded` axes of `front` and before `columns`, of elements in their order.
std::vector<double> sums(const std::vector<double>& values, int64_t folded, int64_t columns) {
  std::vector<double> out(static_cast<size_t>(columns));
  for (size_t i = 0; i < static_cast<size_t>(folded * columns); ++i) out[i % static_cast<size_t>(columns)] += values[i];
  return out;
}

void check_sums(const Array& found, const std::vector<double>& wanted, double scale) {
  std::vector<double> values = found.to_vector<double>();
  REQUIRE(values.size() == wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) CHECK(values[i] == doctest::Approx(wanted[i]).epsilon(1e-5).scale(scale));
}

}  // namespace

TEST_CASE("folds: long ones in parts give the sum, whatever their lengths") {
  // Powers of two, odd lengths, primes (which no part divides), just more than a row.
  for (int64_t n : {4096, 4097, 5000, 65536, 70001, 100000, 1 << 20}) {
    CAPTURE(n);
    Array x = normal(Key{1}, {.shape = {n}});
    check_sums(sum(x), sums(x.to_vector<double>(), n, 1), std::sqrt(static_cast<double>(n)));
    Array y = x * 2 + 1;
    check_sums(sum(y), sums(y.to_vector<double>(), n, 1), static_cast<double>(n));
    std::vector<float> values = x.to_vector<float>();
    CHECK(max(x).item<float>() == *std::max_element(values.begin(), values.end()));
  }
}

TEST_CASE("folds: long ones over rows, for few columns") {
  for (int64_t rows : {1024, 1025, 4096, 10007, 65536})
    for (int64_t columns : {2, 16, 100}) {
      CAPTURE(rows);
      CAPTURE(columns);
      Array x = normal(Key{2}, {.shape = {rows, columns}});
      check_sums(sum(x * 3, {.axis = 0}), sums((x * 3).to_vector<double>(), rows, columns),
                 3 * std::sqrt(static_cast<double>(rows)));
    }
}

TEST_CASE("folds: parts end at axes, and fuse with what is computed and folded by rows") {
  Array x = normal(Key{3}, {.shape = {8, 30, 70, 16}});
  check_sums(sum(x, {.axis = {0, 1, 2}}), sums(x.to_vector<double>(), 8 * 30 * 70, 16), 130);
  check_sums(sum(x), sums(x.to_vector<double>(), 8 * 30 * 70 * 16, 1), 520);
  // Of views: other orders, steps, broadcasts.
  check_sums(sum(swapaxes(x, 0, 3), {.axis = {1, 2, 3}}), sums(x.to_vector<double>(), 8 * 30 * 70, 16), 130);
  Array part = x.at(all, Slice{1, none, 2}, Slice{none, none, -1});
  check_sums(sum(part), sums(part.to_vector<double>(), part.size(), 1), 370);
  Array wide = broadcast_to(x.at(0, 0, 0), {.shape = {5000, 16}});
  check_sums(sum(wide), sums(wide.to_vector<double>(), 5000 * 16, 1), 20000);
  // Of the same number everywhere.
  CHECK(sum(ones({100000})).item<float>() == 100000);
  CHECK(sum(square(full({.shape = {3, 5000}, .value = 2}))).item<int64_t>() == 60000);
  CHECK(max(sum(ones({70000, 3}), {.axis = 0})).item<float>() == 70000);
  // With a softmax along the rows, several results of one graph.
  Array logits = normal(Key{4}, {.shape = {300, 64}}), weights = normal(Key{5}, {.shape = {300, 64}});
  auto [loss, grad] = value_and_grad([&](const Array& z) { return sum(softmax(z) * weights); }, logits);
  Array p = softmax(cast(logits, {.dtype = float64}));
  Array by_hand = p * (weights - sum(p * weights, {.axis = -1, .keepdims = true}));
  CHECK(loss.item<double>() == doctest::Approx(sum(p * weights).item<double>()).epsilon(1e-5));
  CHECK(max(abs(grad - by_hand)).item<double>() < 1e-6);
}

TEST_CASE("folds: whole numbers, and narrow floats that are rounded once") {
  Array n = arange(100000);
  CHECK(sum(n).item<int64_t>() == int64_t{100000} * 99999 / 2);
  CHECK(sum(cast(n, {.dtype = int8})).item<int64_t>() ==
        sum(cast(cast(n, {.dtype = int8}), {.dtype = int64})).item<int64_t>());
  CHECK(min(n - 5).item<int64_t>() == -5);
  CHECK(all(n < 100000).item<bool>());
  CHECK(any(n == 99999).item<bool>());
  // Every part of 1/4 is exact in float32; partial sums in float16 would stop growing at 2048.
  CHECK(sum(full({.shape = {8192}, .value = 0.25, .dtype = float16})).item<float>() == 2048);
}

TEST_CASE("folds: an operand that changes nothing is not computed with, and zeros keep their signs") {
  Array x = array({-0.0, 0.0, 1.5, -2.0}), y = x * 1, z = x - 0, w = x / 1, v = x + 0;
  auto negative_zero = [](const Array& a) { return std::signbit(a.to_vector<float>()[0]); };
  CHECK(negative_zero(y));
  CHECK(negative_zero(z));
  CHECK(negative_zero(w));
  CHECK(!negative_zero(v));
  CHECK((1 * x).to_vector<float>() == x.to_vector<float>());
  CHECK((1 - x).to_vector<float>() == std::vector<float>{1, 1, -0.5, 3});
  CHECK((1 / array({2.0, 4.0})).to_vector<float>() == std::vector<float>{0.5, 0.25});
  CHECK((arange(3) + 0).to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2});
  // A row that is stretched is not what it was.
  CHECK((array({1, 2}) * ones({3, 2})).shape() == Shape{3, 2});
}

TEST_CASE("folds: numbers known when a graph is compiled are those that it would compute") {
  Array x = normal(Key{6}, {.shape = {33}});
  auto same = [&](auto f) {
    // Evaluated at once the parts are no constants.
    auto by_parts = [](Array a) {
      a.data();
      return a;
    };
    CHECK(to_string(f([](Array a) { return a; })) == to_string(f(by_parts)));
  };
  same([&](auto part) { return x * part(part(ones({})) / 3); });
  same([&](auto part) { return x * part(sqrt(part(full({.shape = {}, .value = 2})))); });
  same([&](auto part) { return x - part(maximum(part(-part(ones({}))), 0.5)); });
  same([&](auto part) {
    return x * part(cast(part(full({.shape = {}, .value = 7, .dtype = int32})), {.dtype = float32}));
  });
  same([&](auto part) { return where(part(part(ones({})) < 2), x, -x); });
  same([&](auto part) {
    return cast(x * 100, {.dtype = int8}) * part(part(full({.shape = {}, .value = 100, .dtype = int8})) * 3);
  });
  same([&](auto part) { return cast(x, {.dtype = float16}) * part(part(ones({}, float16)) / 3); });
  same([&](auto part) { return x / part(part(full({.shape = {}, .value = -0.0})) * 1); });
}
