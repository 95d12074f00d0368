// einsum beyond its reference values (tests/ops/forward.cpp): sums written as loops, all transforms, and errors.
#include <doctest/doctest.h>

#include <koine/ops.h>
#include <koine/transform.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace koine {
namespace {

Array numbers(const Shape& shape, double phase) {
  std::vector<double> values;
  for (int64_t i = 0; i < count(shape).value(); ++i) values.push_back(std::sin(phase + 1.7 * static_cast<double>(i)));
  return from(values, shape);
}

/// The definition: for all values of all letters, the product of the operands is added to the result.
std::vector<double> by_loops(const std::vector<std::string>& terms, const std::string& output,
                             const std::vector<Array>& operands) {
  std::map<char, int64_t> size, at;
  for (size_t k = 0; k < terms.size(); ++k)
    for (size_t d = 0; d < terms[k].size(); ++d) size[terms[k][d]] = operands[k].size(static_cast<int>(d));
  auto place = [&](const std::string& letters) {
    int64_t p = 0;
    for (char c : letters) p = p * size[c] + at[c];
    return static_cast<size_t>(p);
  };
  int64_t all_values = 1, results = 1;
  for (auto [letter, n] : size) all_values *= n;
  for (char c : output) results *= size[c];
  std::vector<std::vector<double>> values;
  for (const Array& x : operands) values.push_back(x.to_vector<double>());
  std::vector<double> sums(static_cast<size_t>(results));
  for (int64_t i = 0; i < all_values; ++i) {
    int64_t rest = i;
    for (auto [letter, n] : size) {
      at[letter] = rest % n;
      rest /= n;
    }
    double product = 1;
    for (size_t k = 0; k < terms.size(); ++k) product *= values[k][place(terms[k])];
    sums[place(output)] += product;
  }
  return sums;
}

bool near(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (size_t k = 0; k < a.size(); ++k)
    if (!(std::fabs(a[k] - b[k]) <= 1e-12 * (1 + std::fabs(b[k])))) return false;
  return true;
}

struct Example {
  std::vector<std::string> terms;
  std::string output;
};
const Example examples[] = {
    {{"ab", "bc"}, "ac"},      {{"ab", "ab"}, "ab"},
    {{"ab", "ab"}, ""},        {{"a", "b"}, "ba"},
    {{"aab"}, "ba"},           {{"aaa"}, "a"},
    {{"aab", "bcc"}, "ac"},    {{"abc"}, "b"},
    {{"abcd", "bed"}, "eca"},  {{"ab", "bc", "cd"}, "ad"},
    {{"ab", "cb", "b"}, "ca"}, {{"a", "ab", "b", "ba"}, ""},
    {{"abca", "cd"}, "dba"},   {{"ab", "cd"}, "d"},
    {{"abc", "abd"}, "abcd"},
};
const std::map<char, int64_t> sizes{{'a', 2}, {'b', 3}, {'c', 2}, {'d', 4}, {'e', 1}};

std::string subscripts(const Example& example) {
  std::string text;
  for (const std::string& term : example.terms) text += (text.empty() ? "" : ",") + term;
  return text + "->" + example.output;
}
std::vector<Array> operands_of(const Example& example) {
  std::vector<Array> operands;
  for (const std::string& term : example.terms) {
    Shape shape;
    for (char c : term) shape.push_back(sizes.at(c));
    operands.push_back(numbers(shape, static_cast<double>(operands.size())));
  }
  return operands;
}

template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}
bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("einsum: every letter in every role") {
  for (const Example& example : examples) {
    CAPTURE(subscripts(example));
    std::vector<Array> operands = operands_of(example);
    Array y = einsum(subscripts(example), operands);
    CHECK(y.dtype() == float64);
    CHECK(near(y.to_vector<double>(), by_loops(example.terms, example.output, operands)));
  }
}

TEST_CASE("einsum: the gradient of a sum of products is the sum of the other operands' products") {
  for (const Example& example : examples) {
    CAPTURE(subscripts(example));
    std::vector<Array> operands = operands_of(example);
    Array direction = numbers(operands[0].shape(), 5);
    auto total = [&](const Array& x) {
      std::vector<Array> list = operands;
      list[0] = x;
      return sum(einsum(subscripts(example), list));
    };
    // Linear in the operand: its slope along a direction is its value there.
    double slope = sum(grad(total)(operands[0]) * direction).item<double>();
    CHECK(slope == doctest::Approx(total(direction).item<double>()).epsilon(1e-10));
  }
}

TEST_CASE("einsum: under vmap each element of the batch is by itself") {
  for (const Example& example : examples) {
    CAPTURE(subscripts(example));
    std::vector<Array> operands = operands_of(example);
    Shape shape = operands[0].shape();
    shape.insert(0, 3);
    Array batch = numbers(shape, 2);
    auto one = [&](const Array& x) {
      std::vector<Array> list = operands;
      list[0] = x;
      return einsum(subscripts(example), list);
    };
    std::vector<Array> loop;
    for (int64_t b = 0; b < 3; ++b) {
      const Array& whole = batch;
      loop.push_back(one(whole.at(b)));
    }
    CHECK(near(vmap(one)(batch).to_vector<double>(), stack(loop).to_vector<double>()));
  }
}

TEST_CASE("einsum: an ellipsis stands for axes that broadcast, implicit results are in order of the letters") {
  Array x = numbers({2, 1, 3, 4}, 0), y = numbers({5, 4, 2}, 1);
  Array z = einsum("...ij,...jk->...ik", {x, y});
  CHECK(z.shape() == Shape{2, 5, 3, 2});
  CHECK(near(z.to_vector<double>(), matmul(x, y).to_vector<double>()));
  CHECK(einsum(" ...ij , ...jk ", {x, y}).shape() == Shape{2, 5, 3, 2});
  CHECK(einsum("i...->...", {x}).shape() == Shape{1, 3, 4});
  CHECK(einsum("ba", {numbers({2, 3}, 0)}).shape() == Shape{3, 2});
  CHECK(einsum("ij,ij->ij", {numbers({1, 3}, 0), numbers({2, 3}, 0)}).shape() == Shape{2, 3});
}

TEST_CASE("einsum: the result has the operands' common dtype") {
  CHECK(einsum("i,i->", {ones({3}, int8), ones({3}, int16)}).dtype() == int16);
  CHECK(einsum("i->", {ones({3}, int8)}).dtype() == int8);
  CHECK(einsum("i,i->", {ones({3}, bool_), ones({3}, bool_)}).item<int64_t>() == 3);
  CHECK(einsum("i,i->i", {ones({3}, int32), ones({3}, float16)}).dtype() == float16);
}

TEST_CASE("einsum: errors name the index and both sizes, or what is wrong with the text") {
  Array x = zeros({2, 3}), y = zeros({4, 5});
  std::string text = error_of([&] { einsum("ij,jk->ik", {x, y}); });
  CHECK(says(text, "index 'j' has size 3 in operand 0 (float32[2, 3]) and size 4 in operand 1 (float32[4, 5])"));
  CHECK(says(text, "einsum_test.cpp:"));
  CHECK_THROWS_AS(einsum("ij,jk->ik", {x, y}), ShapeError);
  CHECK_THROWS_AS(einsum("ii", {x}), ShapeError);
  CHECK_THROWS_AS(einsum("i,i", {ones({2}, int64), ones({2}, uint64)}), DTypeError);
  CHECK_THROWS_AS(einsum("ijk", {x}), ShapeError);
  CHECK_THROWS_AS(einsum("ij->ij,i", {x}), ValueError);
  CHECK_THROWS_AS(einsum("...,...", {x, y}), ShapeError);
  CHECK(says(error_of([&] { einsum("ij->il", {x}); }), "index 'l' of the result is in no operand"));
  CHECK(says(error_of([&] { einsum("ij->ii", {x}); }), "index 'i' stands twice in the result"));
  CHECK(says(error_of([&] { einsum("ij,jk", {x}); }), "2 terms for 1 operand"));
  CHECK(says(error_of([&] { einsum("i1", {x}); }), "'1' is neither a letter nor an ellipsis"));
  CHECK(says(error_of([&] { einsum("...i->i", {x}); }), "the result has no ellipsis, but an operand has"));
  CHECK(says(error_of([&] { einsum("i......j", {x}); }), "a term has two ellipses"));
}

}  // namespace koine
