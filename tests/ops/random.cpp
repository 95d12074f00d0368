// Random ops beyond their reference values: distributions, streams that do not meet, transforms over keys.
#include <doctest/doctest.h>
#include <koine/koine.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace koine;

namespace {

std::vector<uint32_t> words(const Array& key) { return key.to_vector<uint32_t>(); }
std::vector<uint32_t> bits(const Array& key, int64_t n) { return words(random_bits(key, {.shape = {n}})); }

/// The mean of (x - centre) ** power.
double moment(const std::vector<double>& x, int power, double centre = 0) {
  double sum = 0;
  for (double value : x) sum += std::pow(value - centre, power);
  return sum / static_cast<double>(x.size());
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  double product = 0, mx = moment(x, 1), my = moment(y, 1);
  for (size_t i = 0; i < x.size(); ++i) product += (x[i] - mx) * (y[i] - my);
  return product / static_cast<double>(x.size()) / std::sqrt(moment(x, 2, mx) * moment(y, 2, my));
}

constexpr int64_t many = 40000;

}  // namespace

TEST_CASE("random: the bits follow from the key alone") {
  CHECK(bits(Key{5}, 33) == bits(Key{5}, 33));
  CHECK(bits(Key{5}, 33) != bits(Key{6}, 33));
  CHECK(bits(Key{5}, 33) != bits(Key{5 + (int64_t{1} << 32)}, 33));
  // A longer draw begins with a shorter one; narrow integers are the low bits of the words, wide ones pairs of them.
  auto long_draw = bits(Key{5}, 66);
  CHECK(std::equal(long_draw.begin(), long_draw.begin() + 33, bits(Key{5}, 33).begin()));
  auto bytes = random_bits(Key{5}, {.shape = {33}, .dtype = uint8}).to_vector<uint32_t>();
  auto wide = random_bits(Key{5}, {.shape = {33}, .dtype = uint64}).to_vector<uint64_t>();
  for (size_t i = 0; i < 33; ++i) {
    CHECK(bytes[i] == (long_draw[i] & 0xff));
    CHECK(wide[i] == (long_draw[2 * i] | uint64_t{long_draw[2 * i + 1]} << 32));
  }
}

TEST_CASE("random: uniform numbers fill their range evenly") {
  for (DType dtype : {float16, bfloat16, float32, float64}) {
    CAPTURE(to_string(dtype));
    auto x = uniform(Key{1}, {.shape = {many}, .dtype = dtype}).to_vector<double>();
    CHECK(*std::min_element(x.begin(), x.end()) >= 0);
    CHECK(*std::max_element(x.begin(), x.end()) < 1);
    double cell = dtype == bfloat16  ? 0x1p-8
                  : dtype == float16 ? 0x1p-11
                                     : 0;  // numbers are at the left of their cells
    CHECK(std::abs(moment(x, 1) + cell / 2 - 0.5) < 0.005);
    CHECK(std::abs(moment(x, 2, 0.5) - 1.0 / 12) < 0.002);
    std::vector<int> histogram(8);
    for (double value : x) ++histogram[static_cast<size_t>(value * 8)];
    for (int n : histogram) CHECK(std::abs(n - many / 8) < 350);
  }
  auto shifted = uniform(Key{1}, {.shape = {many}, .low = -3, .high = 5}).to_vector<double>();
  CHECK(std::abs(moment(shifted, 1) - 1) < 0.05);
  CHECK(*std::min_element(shifted.begin(), shifted.end()) >= -3);
  CHECK(*std::max_element(shifted.begin(), shifted.end()) <= 5);
  CHECK(uniform(Key{1}, {.shape = {3}, .low = 2, .high = 2}).to_vector<double>() == std::vector<double>{2, 2, 2});
}

TEST_CASE("random: normal numbers have the moments and tails of the normal distribution") {
  for (DType dtype : {float16, float32, float64}) {
    CAPTURE(to_string(dtype));
    auto x = normal(Key{2}, {.shape = {many}, .dtype = dtype}).to_vector<double>();
    CHECK(std::abs(moment(x, 1)) < 0.02);
    CHECK(std::abs(moment(x, 2) - 1) < 0.03);
    CHECK(std::abs(moment(x, 3)) < 0.06);
    CHECK(std::abs(moment(x, 4) - 3) < 0.2);
    for (double bound : {0.5, 1.0, 2.0, 3.0}) {
      double share =
          static_cast<double>(std::count_if(x.begin(), x.end(), [&](double v) { return std::abs(v) > bound; })) / many;
      CHECK(std::abs(share - std::erfc(bound / std::sqrt(2.0))) < 0.01);
    }
  }
}

TEST_CASE("random: a permutation holds every place once, and every order is as likely") {
  for (int64_t n : {0, 1, 2, 50}) {
    auto order = permutation(Key{3}, {.n = n}).to_vector<int64_t>();
    std::sort(order.begin(), order.end());
    std::vector<int64_t> all_places(static_cast<size_t>(n));
    std::iota(all_places.begin(), all_places.end(), 0);
    CHECK(order == all_places);
  }
  Array orders = vmap([](const Array& key) { return permutation(key, {.n = 3}); })(split_key(Key{3}, {.n = 6000}));
  std::vector<int> seen(27);
  auto flat = orders.to_vector<int64_t>();
  for (size_t i = 0; i < flat.size(); i += 3) ++seen[static_cast<size_t>(9 * flat[i] + 3 * flat[i + 1] + flat[i + 2])];
  for (int number : {5, 7, 11, 15, 19, 21}) CHECK(std::abs(seen[static_cast<size_t>(number)] - 1000) < 130);
}

TEST_CASE("random: classes come as often as their probabilities say") {
  Array logits = array({0.0, 1.0, -1.0, 2.0});
  Array drawn = categorical(Key{4}, broadcast_to(logits, {.shape = {many, 4}}));
  auto wanted = softmax(logits).to_vector<double>();
  auto classes = drawn.to_vector<int64_t>();
  for (int64_t c = 0; c < 4; ++c) {
    double share = static_cast<double>(std::count(classes.begin(), classes.end(), c)) / many;
    CHECK(std::abs(share - wanted[static_cast<size_t>(c)]) < 0.01);
  }
  // A class that is impossible never comes.
  Array never = array({0.0, -std::numeric_limits<double>::infinity()});
  CHECK(max(categorical(Key{4}, broadcast_to(never, {.shape = {1000, 2}}))).item<int64_t>() == 0);
}

TEST_CASE("random: dropout keeps the mean, and the ends of its rate are exact") {
  Array x = ones({many});
  auto y = dropout(x, Key{5}, {.rate = 0.25}).to_vector<double>();
  auto kept = std::count_if(y.begin(), y.end(), [](double v) { return v != 0; });
  CHECK(std::abs(static_cast<double>(kept) / many - 0.75) < 0.01);
  CHECK(*std::max_element(y.begin(), y.end()) == doctest::Approx(1 / 0.75));
  Array values = array({1.0, -2.0, 3.0});
  auto total = [](double rate) { return [rate](const Array& v) { return sum(dropout(v, Key{5}, {.rate = rate})); }; };
  CHECK(dropout(values, Key{5}, {.rate = 0}).to_vector<double>() == values.to_vector<double>());
  CHECK(dropout(values, Key{5}, {.rate = 1}).to_vector<double>() == std::vector<double>{0, 0, 0});
  CHECK(grad(total(0))(values).to_vector<double>() == std::vector<double>{1, 1, 1});
  CHECK(grad(total(1))(values).to_vector<double>() == std::vector<double>{0, 0, 0});
  CHECK_THROWS_AS(dropout(values, Key{5}, {.rate = 1.5}), ValueError);
  CHECK_THROWS_AS(dropout(values, Key{5}, {.rate = std::nan("")}), ValueError);
}

TEST_CASE("random: children of a key, numbers folded in and the key itself are all different streams") {
  Key key{7};
  std::vector<Array> keys{key};
  for (const Key& child : key.split(20)) keys.push_back(child);
  for (int64_t i = 0; i < 20; ++i) keys.push_back(key.fold_in(i));
  for (const Key& child : key.split(2)[1].split(5)) keys.push_back(child);
  std::set<std::vector<uint32_t>> distinct;
  for (const Array& one : keys) distinct.insert(words(one));
  CHECK(distinct.size() == keys.size());
  auto numbers = [](const Array& one) { return uniform(one, {.shape = {5000}}).to_vector<double>(); };
  auto own = numbers(key);
  for (size_t i = 1; i < keys.size(); ++i) CHECK(std::abs(correlation(own, numbers(keys[i]))) < 0.06);
  for (size_t i = 2; i < keys.size(); ++i) CHECK(std::abs(correlation(numbers(keys[i - 1]), numbers(keys[i]))) < 0.06);
  CHECK(words(key.split(3)[0]) == words(key.split(7)[0]));
  CHECK(key.split(0).empty());
  CHECK_THROWS_AS(key.split(-1), ValueError);
  CHECK(words(key.fold_in(-1)) == words(key.fold_in(UINT64_MAX)));
}

TEST_CASE("random: a batch of keys gives each its own numbers") {
  Array keys = split_key(Key{8}, {.n = 4});
  auto draw = [](const Array& own) {
    Key key(own);
    return concatenate({uniform(key, {.shape = {3}}), normal(key.fold_in(2), {.shape = {2}}),
                        cast(categorical(key.split()[1], zeros({2, 5})), {.dtype = float32})});
  };
  Array together = vmap(draw)(keys), traced = vmap(jit(draw))(keys);
  for (int64_t i = 0; i < 4; ++i) {
    const Array one = draw(Key{8}.split(4)[static_cast<size_t>(i)]);
    CHECK(std::as_const(together).at(i).to_vector<double>() == one.to_vector<double>());
    CHECK(std::as_const(traced).at(i).to_vector<double>() == one.to_vector<double>());
  }
  // The same key for each element of a batch is the same mask; a key of each its own.
  Array x = ones({4, 30});
  auto drop = [](const Array& row, const Array& key) { return dropout(row, key); };
  Array shared = vmap(drop, {.in = {0, unbatched}})(x, Key{9}), own = vmap(drop)(x, keys);
  CHECK(std::as_const(shared).at(0).to_vector<double>() == std::as_const(shared).at(3).to_vector<double>());
  CHECK(std::as_const(own).at(0).to_vector<double>() != std::as_const(own).at(3).to_vector<double>());
}

TEST_CASE("random: what is no key or no dtype is refused") {
  CHECK_THROWS_AS(uniform(array({1, 2})), DTypeError);
  CHECK_THROWS_AS(uniform(3), DTypeError);
  CHECK_THROWS_AS(random_bits(from(std::vector<uint32_t>{1, 2, 3}, {3})), ShapeError);
  CHECK_THROWS_AS(random_bits(Key{1}, {.shape = {2}, .dtype = float32}), DTypeError);
  CHECK_THROWS_AS(uniform(Key{1}, {.dtype = int64}), DTypeError);
  CHECK_THROWS_AS(uniform(Key{1}, {.low = 1, .high = 0}), ValueError);
  CHECK_THROWS_AS(normal(Key{1}, {.dtype = complex64}), DTypeError);
  CHECK_THROWS_AS(permutation(Key{1}, {.n = -1}), ValueError);
  CHECK_THROWS_AS(Key{1}.fold_in(0.5), DTypeError);
}
