#include <doctest/doctest.h>
#include <koine/koine.h>
#include "base/narrow.h"

#include <numeric>

/// More operands, results and leaves than 16 bits count.
using namespace koine;

namespace {

constexpr int64_t many = 65'600;
using List = std::vector<Array>;

Array number(int64_t i) { return scalar_array(static_cast<double>(i % 7)); }
List numbers() {
  List list;
  for (int64_t i = 0; i < many; ++i) list.push_back(number(i));
  return list;
}
constexpr double total_of_numbers = (many / 7) * 21 + 0 + 1 + 2;  // many = 7 * 9371 + 3
static_assert(many % 7 == 3);

double total(const List& list) {
  return std::accumulate(list.begin(), list.end(), 0.0,
                         [](double sum, const Array& x) { return sum + x.item<double>(); });
}
/// Functions on a list as a tree.
List each(const List& list, double factor) {
  List out;
  for (const Array& x : list) out.push_back(x * factor);
  return out;
}

}  // namespace

TEST_CASE("counts: the sum of a stack of 2^16 ones is 2^16") {
  for (int64_t n : {65'535, 65'536, 131'072}) {
    CAPTURE(n);
    CHECK(sum(stack(List(static_cast<size_t>(n), ones({})))).item<double>() == n);
  }
  CHECK(sum(stack(numbers())).item<double>() == total_of_numbers);
}

TEST_CASE("counts: a concatenation of more than 2^16 views") {
  const Array row = array({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  const Array joined = concatenate(List(many, transpose(row)));
  CHECK(joined.shape() == Shape{3 * many, 2});
  CHECK(joined.at(3 * many - 3).to_vector<double>() == std::vector<double>{1, 4});
  CHECK(sum(joined).item<double>() == 21.0 * many);
}

TEST_CASE("counts: control flow over more than 2^16 leaves") {
  const List list = numbers();
  const auto yes = [](const List& x) { return each(x, 2); };
  const auto no = [](const List& x) { return each(x, 3); };
  CHECK(total(cond(array({false}).at(0), yes, no, list)) == 3 * total_of_numbers);
  const List grown =
      while_loop([](const List& c) { return c.back() < 10; }, [](const List& c) { return each(c, 2); }, list);
  CHECK(total(grown) == 8 * total_of_numbers);
}

TEST_CASE("counts: transforms of functions of more than 2^16 leaves") {
  const List list = numbers();
  const auto square = [](const List& x) { return sum(stack(x) * stack(x)); };
  CHECK(total(grad([&](const List& x) { return checkpoint(square)(x); })(list)) == 2 * total_of_numbers);
  CHECK(jvp(square, list, list).tangent.item<double>() == 2 * square(list).item<double>());
  List rows;
  for (const Array& x : list) rows.push_back(reshape(x, {.shape = {1}}));
  CHECK(total(vmap([](const List& x) { return each(x, 2); })(rows)) == 2 * total_of_numbers);
}

TEST_CASE("counts: custom derivatives of more than 2^16 leaves") {
  const List list = numbers();
  const auto f = [](const List& x) { return each(x, 2); };
  const auto by_rule = custom_vjp(
      f, [&](const List& x) { return std::pair(f(x), x); },
      [](const List&, const List& cotangent) { return each(cotangent, 5); });
  CHECK(total(grad([&](const List& x) { return sum(stack(by_rule(x))); })(list)) == 5.0 * many);
}

TEST_CASE("counts: kernels of more values than one loads and stores") {
  List in, out;
  for (int i = 0; i < 1000; ++i) in.push_back(full({.shape = {4}, .value = i % 7, .dtype = float32}) + array({0.0f}));
  Array all = in[0];
  for (size_t i = 1; i < in.size(); ++i) all = all + in[i];
  for (const Array& x : in) out.push_back(x + all);
  const double once = 142 * 21 + 15;  // of i % 7 below 1000 = 142 * 7 + 6
  for (size_t i = 0; i < out.size(); ++i) CHECK(out[i].at(3).item<double>() == once + static_cast<double>(i % 7));
}

TEST_CASE("counts: what does not fit is refused") {
  CHECK(narrow<uint16_t>(65'535) == 65'535);
  CHECK_THROWS_WITH_AS(narrow<uint16_t>(65'536),
                       "a count or size of 65536 is more than the 65535 that Koine can have of its kind", ValueError);
  CHECK_THROWS_AS(narrow<uint32_t>(int64_t{-1}), ValueError);
  CHECK_THROWS_AS(narrow<int32_t>(size_t{1} << 31), ValueError);
}
