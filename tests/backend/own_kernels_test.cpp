#include "base/philox.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

// The ops that the CPU device runs by kernels of its own, against loops that say the same in the plainest way, on sizes
// that need several threads and have ends.
using namespace koine;

namespace {

using Floats = std::vector<float>;
using Places = std::vector<int64_t>;

/// Random numbers with equal ones, zeros of both signs and NaN among them.
Floats mixed(int64_t n, uint64_t seed) {
  Floats x = (round(normal(Key{seed}, {.shape = {n}}) * 30) / 10).to_vector<float>();
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] > 7) x[i] = std::numeric_limits<float>::quiet_NaN();
    if (x[i] == 0 && i % 2) x[i] = -0.0f;
  }
  return x;
}
Places positions(int64_t n, int64_t below, uint64_t seed) {
  Array x = remainder(cast(random_bits(Key{seed}, {.shape = {n}}), {.dtype = int64}), below);
  return x.to_vector<int64_t>();
}
template <class T>
Array shaped(const std::vector<T>& x, const Shape& shape) {
  return from(x, shape);
}
template <class T>
Array line(const std::vector<T>& x) {
  return from(x, {static_cast<int64_t>(x.size())});
}

bool same_bits(const Floats& a, const Floats& b) {
  return std::ranges::equal(a, b, [](float x, float y) {
    return (std::isnan(x) && std::isnan(y)) || (x == y && std::signbit(x) == std::signbit(y));
  });
}
/// The places of a line's elements in their order, NaN last.
Places ordered(const Floats& x, bool descending) {
  Places places(x.size());
  std::iota(places.begin(), places.end(), 0);
  std::ranges::stable_sort(places, [&](int64_t i, int64_t j) {
    const float a = x[static_cast<size_t>(i)], b = x[static_cast<size_t>(j)];
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
    return descending ? b < a : a < b;
  });
  return places;
}

}  // namespace

TEST_CASE("own kernels: random bits are Philox's words") {
  for (const int64_t n : {1, 3, 64, 1027, 70001}) {
    const std::vector<uint32_t> words = random_bits(Key{7}, {.shape = {n}}).to_vector<uint32_t>();
    const std::vector<uint64_t> wide = random_bits(Key{7}, {.shape = {n}, .dtype = uint64}).to_vector<uint64_t>();
    const std::vector<uint8_t> narrow = random_bits(Key{7}, {.shape = {n}, .dtype = uint8}).to_vector<uint8_t>();
    bool right = true;
    for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
      const PhiloxBlock block = philox_draw(philox_key(7), i / 4), half = philox_draw(philox_key(7), i / 2);
      const uint64_t low = half[i % 2 * 2], high = half[i % 2 * 2 + 1];
      right = right && words[i] == block[i % 4] && narrow[i] == static_cast<uint8_t>(block[i % 4]) &&
              wide[i] == (low | high << 32);
    }
    CHECK_MESSAGE(right, n);
  }
  // Each key of several its own numbers.
  const Array keys = reshape(concatenate({Key{1}, Key{2}}), {.shape = {2, 2}});
  const std::vector<uint32_t> both = random_bits(keys, {.shape = {5}}).to_vector<uint32_t>();
  CHECK(both[4] == philox_draw(philox_key(1), 1)[0]);
  CHECK(both[5] == philox_draw(philox_key(2), 0)[0]);
}

TEST_CASE("own kernels: gathers and sums of what is scattered") {
  const int64_t n = 300, width = 130, picks = 2000;
  const Floats x = mixed(n * width, 1), updates = mixed(picks * width, 2);
  const Places at = positions(picks, n, 3);
  const Array table = shaped(x, {n, width}), indices = line(at);
  Floats gathered, sums;
  for (const int64_t row : at) gathered.insert(gathered.end(), x.begin() + row * width, x.begin() + (row + 1) * width);
  CHECK(same_bits(gather(table, indices).to_vector<float>(), gathered));
  std::vector<double> wide(x.begin(), x.end());
  for (int64_t j = 0; j < picks; ++j)
    for (int64_t i = 0; i < width; ++i)
      wide[static_cast<size_t>(at[static_cast<size_t>(j)] * width + i)] += updates[static_cast<size_t>(j * width + i)];
  for (const double sum : wide) sums.push_back(static_cast<float>(sum));
  CHECK(same_bits(scatter_add(table, indices, shaped(updates, {picks, width})).to_vector<float>(), sums));
  // Of the last axis, with indices that count from the end.
  const Places last{-1, 0, 129, -130};
  const Floats columns = gather(table, line(last), {.axis = 1}).to_vector<float>();
  for (size_t j = 0; j < 4; ++j) {
    const auto column = static_cast<size_t>((last[j] + width) % width);
    CHECK(same_bits({columns[8 + j]}, {x[2 * static_cast<size_t>(width) + column]}));
  }
  CHECK_THROWS_AS(gather(table, line(Places{0, n})).data(), IndexError);
  CHECK_THROWS_AS(scatter_add(table, line(Places{-n - 1}), zeros({1, width})).data(), IndexError);
}

TEST_CASE("own kernels: one element of each line") {
  const int64_t rows = 4000, columns = 70;
  const Floats x = mixed(rows * columns, 4);
  const Places at = positions(rows, columns, 5);
  const Array table = shaped(x, {rows, columns}), places = shaped(at, {rows, 1});
  const Floats taken = take_along_axis(table, places, {.axis = 1}).to_vector<float>();
  const Floats put =
      put_along_axis_add(table, places, full({.shape = {rows, 1}, .value = 0.3, .dtype = float32}), {.axis = 1})
          .to_vector<float>();
  Floats expected = x, expected_put = x, expected_taken;
  for (size_t r = 0; r < static_cast<size_t>(rows); ++r) {
    const size_t place = r * static_cast<size_t>(columns) + static_cast<size_t>(at[r]);
    expected_taken.push_back(x[place]);
    expected_put[place] += 0.3f;
  }
  CHECK(same_bits(taken, expected_taken));
  CHECK(same_bits(put, expected_put));
  CHECK_THROWS_AS(
      take_along_axis(table, full({.shape = {rows, 1}, .value = columns, .dtype = int64}), {.axis = 1}).data(),
      IndexError);
}

TEST_CASE("own kernels: scans along any axis, from either end") {
  const int64_t before = 5, length = 3001, after = 7;
  const Floats x = (normal(Key{6}, {.shape = {before * length * after}})).to_vector<float>();
  const Array values = shaped(x, {before, length, after});
  auto at = [&](int64_t b, int64_t k, int64_t a) { return static_cast<size_t>((b * length + k) * after + a); };
  for (const bool reverse : {false, true}) {
    Floats sums(x.size()), products(x.size()), tops(x.size()), joined(x.size());
    const Array near_one = values * 0.01 + 1;
    const Floats factors = near_one.to_vector<float>();
    for (int64_t b = 0; b < before; ++b)
      for (int64_t a = 0; a < after; ++a) {
        double sum = 0, product = 1, value = 0;
        float top = -std::numeric_limits<float>::infinity();
        for (int64_t k = 0; k < length; ++k) {
          const size_t i = at(b, reverse ? length - 1 - k : k, a);
          sums[i] = static_cast<float>(sum += x[i]);
          products[i] = static_cast<float>(product *= factors[i]);
          tops[i] = top = std::max(top, x[i]);
          value = k ? static_cast<double>(factors[i]) * value + x[i] : x[i];
          joined[i] = static_cast<float>(value);
        }
      }
    CHECK(same_bits(cumsum(values, {.axis = 1, .reverse = reverse}).to_vector<float>(), sums));
    CHECK(same_bits(cumprod(near_one, {.axis = 1, .reverse = reverse}).to_vector<float>(), products));
    CHECK(same_bits(cummax(values, {.axis = 1, .reverse = reverse}).to_vector<float>(), tops));
    CHECK(same_bits(linear_recurrence(near_one, values, {.axis = 1, .reverse = reverse}).to_vector<float>(), joined));
  }
  const Floats odd = cummax(line(Floats{1, -0.0f, NAN, 5})).to_vector<float>();
  CHECK(same_bits(odd, {1, 1, NAN, NAN}));
  CHECK(cumsum(line(std::vector<int32_t>{INT32_MAX, 1, -5})).to_vector<int64_t>() ==
        Places{INT32_MAX, int64_t{INT32_MAX} + 1, int64_t{INT32_MAX} - 4});
}

TEST_CASE("own kernels: order is stable, with NaN last in both directions") {
  for (const int64_t length : {1, 7, 300, 5000})
    for (const bool descending : {false, true}) {
      const int64_t lines = 4, k = (length + 9) / 10;
      const Floats x = mixed(lines * length, 8);
      const Array values = shaped(x, {lines, length});
      Floats sorted, top;
      Places places, top_places;
      for (int64_t l = 0; l < lines; ++l) {
        const Floats own(x.begin() + l * length, x.begin() + (l + 1) * length);
        const Places order = ordered(own, descending);
        for (int64_t j = 0; j < length; ++j) {
          const int64_t place = order[static_cast<size_t>(j)];
          sorted.push_back(own[static_cast<size_t>(place)]);
          places.push_back(place);
          if (j >= k) continue;
          top.push_back(sorted.back());
          top_places.push_back(place);
        }
      }
      CHECK(same_bits(sort(values, {.descending = descending}).to_vector<float>(), sorted));
      CHECK(argsort(values, {.descending = descending}).to_vector<int64_t>() == places);
      auto [best, found] = top_k(values, {.k = k, .largest = descending});
      CHECK(same_bits(best.to_vector<float>(), top));
      CHECK(found.to_vector<int64_t>() == top_places);
      // Along the first axis the same.
      CHECK(same_bits(
          moveaxis(sort(moveaxis(values, 0, 1), {.axis = 0, .descending = descending}), 0, 1).to_vector<float>(),
          sorted));
    }
  CHECK(sort(line(Places{3, INT64_MIN, -1, INT64_MAX, 0})).to_vector<int64_t>() ==
        Places{INT64_MIN, -1, 0, 3, INT64_MAX});
}

TEST_CASE("own kernels: the place of the first largest and least") {
  const int64_t before = 40, length = 501, after = 3;
  const Floats x = mixed(before * length * after, 9);
  const Array values = shaped(x, {before, length, after});
  Places largest, least;
  for (int64_t b = 0; b < before; ++b)
    for (int64_t a = 0; a < after; ++a) {
      int64_t top = 0, bottom = 0;
      for (int64_t k = 0; k < length; ++k) {
        auto at = [&](int64_t place) { return x[static_cast<size_t>((b * length + place) * after + a)]; };
        if (!std::isnan(at(top)) && (std::isnan(at(k)) || at(k) > at(top))) top = k;
        if (!std::isnan(at(bottom)) && (std::isnan(at(k)) || at(k) < at(bottom))) bottom = k;
      }
      largest.push_back(top);
      least.push_back(bottom);
    }
  CHECK(argmax(values, {.axis = {1}}).to_vector<int64_t>() == largest);
  CHECK(argmin(values, {.axis = {1}}).to_vector<int64_t>() == least);
  CHECK(argmax(arange(24.0)).item<int64_t>() == 23);
}
