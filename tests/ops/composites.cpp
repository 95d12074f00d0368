// Composites beyond their reference values and generated tests: ends, ties, masks, errors.
#include <doctest/doctest.h>
#include <koine/koine.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace koine;

namespace {
using Doubles = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();
Doubles list(const Array& x) { return x.to_vector<double>(); }
bool finite(const Array& x) {
  for (double value : list(x))
    if (!std::isfinite(value)) return false;
  return true;
}
}  // namespace

TEST_CASE("composites: softmax and cross entropy do not overflow, nor do their derivatives") {
  Array x = array({{1e4, -1e4, 0.0}, {3e38, -3e38, -infinity}});
  CHECK(list(softmax(x)) == Doubles{1, 0, 0, 1, 0, 0});
  CHECK(finite(grad([](const Array& v) { return sum(square(softmax(v))); })(x)));
  Array labels = array({1, 0});
  CHECK(list(cross_entropy(x, labels)) == Doubles{2e4, 0});
  CHECK(list(grad([&](const Array& v) { return sum(cross_entropy(v, labels)); })(x)) == Doubles{1, -1, 0, 0, 0, 0});
}

TEST_CASE("composites: labels and indices are checked") {
  Array logits = zeros({2, 3});
  CHECK_THROWS_AS(cross_entropy(logits, array({0, 3})).to_vector<float>(), IndexError);
  CHECK_THROWS_AS(cross_entropy(logits, array({0, 1, 2})), ShapeError);
  CHECK_THROWS_AS(cross_entropy(logits, array({0.0, 1.0})), DTypeError);
  CHECK_THROWS_AS(embedding(zeros({4, 2}), array({4})).to_vector<float>(), IndexError);
  CHECK_THROWS_AS(embedding(zeros({4}), array({0})), ShapeError);
  CHECK_THROWS_AS(embedding(zeros({4, 2}), array({0.5})), DTypeError);
  auto rows = [](const Array& weight) { return sum(embedding(weight, array({2, 0, 2}))); };
  CHECK(list(grad(rows)(zeros({4, 2}))) == Doubles{1, 1, 0, 0, 2, 2, 0, 0});
}

TEST_CASE("composites: a batch of indices does not repeat the weights") {
  auto rows = [](const Array& weight, const Array& indices) {
    return vmap([](const Array& w, const Array& i) { return embedding(w, i); }, {.in = {unbatched, 0}})(weight,
                                                                                                        indices);
  };
  const std::string text = graph_text(rows)(zeros({5, 2}), zeros({7, 3}, int64));
  CAPTURE(text);
  CHECK(text.find("[7, 5, 2]") == std::string::npos);
}

TEST_CASE("composites: the gradient of max_pool goes to the first largest element, padding never wins") {
  Array x = reshape(array({-1.0, -1.0, -3.0, -1.0}), {.shape = {1, 2, 2, 1}});
  auto pooled = [](const Array& v) { return max_pool(v, {.window = {2, 2}}); };
  CHECK(list(pooled(x)) == Doubles{-1});
  CHECK(list(grad([&](const Array& v) { return sum(pooled(v)); })(x)) == Doubles{1, 0, 0, 0});
  Array y = max_pool(x, {.window = {2, 2}, .stride = {2, 2}, .padding = {1, 1, 1, 1}});
  CHECK(list(y) == Doubles{-1, -1, -3, -1});
  Array holes = reshape(array({std::nan(""), 1.0, 2.0, 3.0}), {.shape = {1, 4, 1}});
  CHECK(std::isnan(list(max_pool(holes, {.window = {2}}))[0]));
  CHECK(list(max_pool(holes, {.window = {2}}))[1] == 3);
}

TEST_CASE("composites: average_pool counts what is inside, and windows that cannot be are refused") {
  Array x = reshape(array({1.0, 2.0, 3.0}), {.shape = {1, 3, 1}});
  CHECK(list(average_pool(x, {.window = {2}, .stride = {1}, .padding = {1, 1}})) == Doubles{1, 1.5, 2.5, 3});
  CHECK_THROWS_AS(average_pool(x, {.window = {4}}), ShapeError);
  CHECK_THROWS_AS(average_pool(x, {.window = {2}, .padding = {2, 0}}), ValueError);
  CHECK_THROWS_AS(average_pool(x, {}), ValueError);
  CHECK_THROWS_AS(average_pool(x, {.window = {2}, .stride = {0}}), ValueError);
  CHECK_THROWS_AS(average_pool(x, {.window = {1, 1, 1}}), ShapeError);
  CHECK_THROWS_AS(max_pool(x, {.window = {2}, .padding = {1, 1, 1}}), ValueError);
  CHECK_THROWS_AS(max_pool(x, {.window = {2}, .padding = {-1}}), ValueError);
  CHECK_THROWS_AS(max_pool(x, {.window = {2}, .padding = "some"}), ValueError);
}

TEST_CASE("composites: one number of a window is for all spatial axes, whatever it says and whoever reads it") {
  const Array image = normal(Key{1}, {.shape = {2, 7, 5, 3}}), volume = normal(Key{2}, {.shape = {1, 5, 4, 6, 2}});
  CHECK(max_pool(image, {.window = {2}}).shape() == Shape{2, 3, 2, 3});
  CHECK(average_pool(volume, {.window = {2}}).shape() == Shape{1, 2, 2, 3, 2});
  const auto same_values = [](const Array& a, const Array& b) { return a.shape() == b.shape() && list(a) == list(b); };
  CHECK(
      same_values(max_pool(image, {.window = {3}, .stride = {2}, .padding = {1}, .dilation = {1}}),
                  max_pool(image, {.window = {3, 3}, .stride = {2, 2}, .padding = {1, 1, 1, 1}, .dilation = {1, 1}})));
  CHECK(same_values(average_pool(image, {.window = {3, 2}, .padding = {1, 0}}),
                    average_pool(image, {.window = {3, 2}, .padding = {1, 1, 0, 0}})));
  const Array w = normal(Key{3}, {.shape = {3, 2, 3, 4}});
  CHECK(same_values(conv(image, w, {.stride = {2}, .padding = {1}, .dilation = {2}}),
                    conv(image, w, {.stride = {2, 2}, .padding = {1, 1, 1, 1}, .dilation = {2, 2}})));
  CHECK(same_values(conv(image, w, {.padding = {2, 1}}), conv(image, w, {.padding = {2, 2, 1, 1}})));
  // As many places as steps fit into the length, what is odd at the end.
  CHECK(same_values(conv(image, w, {.stride = {1, 2}, .padding = "same"}),
                    conv(image, w, {.stride = {1, 2}, .padding = {1, 1, 0, 1}})));
  CHECK(same_values(conv(image, w, {.padding = "valid"}), conv(image, w)));
  CHECK(max_pool(image, {.window = {2}, .padding = "same"}).shape() == Shape{2, 4, 3, 3});
  for (const Ints& wrong : {Ints{1, 1, 1}, Ints{2, 2, 2, 2}}) {
    CHECK_THROWS_AS(conv(image, w, {.stride = wrong}), ValueError);
    CHECK_THROWS_AS(conv(image, w, {.dilation = wrong}), ValueError);
    CHECK_THROWS_AS(max_pool(image, {.window = {2, 2}, .stride = wrong}), ValueError);
    CHECK_THROWS_AS(max_pool(image, {.window = {2, 2}, .dilation = wrong}), ValueError);
  }
  CHECK_THROWS_AS(conv(image, w, {.padding = {1, 1, 1}}), ValueError);
  CHECK_THROWS_AS(adaptive_max_pool(image, {.size = {2, 2, 2, 2}}), ValueError);
  // In a batch of a transform a window stays what it was for one example.
  const Array rows = normal(Key{4}, {.shape = {3, 2, 6, 2}});
  const auto pooled = vmap([](const Array& x) { return max_pool(x, {.window = {2}}); })(rows);
  CHECK(pooled.shape() == Shape{3, 2, 3, 2});
}

TEST_CASE("composites: a query that sees nothing gives 0 and gets no gradient") {
  Array q = normal(Key{1}, {.shape = {1, 2, 2, 3}}), k = normal(Key{2}, {.shape = {1, 3, 2, 3}}),
        v = normal(Key{3}, {.shape = {1, 3, 2, 2}});
  const Array mask = array({{true, false, true}, {false, false, false}});
  const Array y = attention(q, k, v, mask);
  CHECK(list(y.at(0, 1)) == Doubles{0, 0, 0, 0});
  CHECK(finite(y));
  auto total = [&](const Array& a, const Array& b, const Array& c) { return sum(square(attention(a, b, c, mask))); };
  auto [dq, dk, dv] = grad<0, 1, 2>(total)(q, k, v);
  CHECK(list(std::as_const(dq).at(0, 1)) == Doubles{0, 0, 0, 0, 0, 0});
  CHECK(list(std::as_const(dk).at(0, 1)) == Doubles{0, 0, 0, 0, 0, 0});
  CHECK((finite(dq) && finite(dk) && finite(dv)));
  // What is masked has no influence, infinite or not.
  Array wild = array({1.0, infinity, 1.0});
  CHECK(list(attention(q, k * reshape(wild, {.shape = {1, 3, 1, 1}}), v, mask)) == list(y));
  CHECK(list(attention(q, zeros({1, 0, 2, 3}), zeros({1, 0, 2, 2}))) == Doubles(8, 0));
}

TEST_CASE("composites: heads of k and v serve groups of heads of q, causal attention sees the past") {
  Array q = normal(Key{1}, {.shape = {2, 3, 4, 2}}), k = normal(Key{2}, {.shape = {2, 3, 2, 2}}),
        v = normal(Key{3}, {.shape = {2, 3, 2, 2}});
  auto repeated = [](const Array& x) { return gather(x, array({0, 0, 1, 1}), {.axis = 2}); };
  CHECK(list(attention(q, k, v, {.causal = true})) == list(attention(q, repeated(k), repeated(v), {.causal = true})));
  const Array past = attention(q, k, v, {.causal = true});
  const Array first = past.at(all, 0), of_v = repeated(v);
  CHECK(list(first) == list(of_v.at(all, 0)));
  CHECK_THROWS_AS(attention(q, zeros({2, 3, 3, 2}), zeros({2, 3, 3, 2})), ShapeError);
  CHECK_THROWS_AS(attention(q, k, v, ones({3, 3}, int32)), DTypeError);
  CHECK_THROWS_AS(attention(q, k, v, array({true, false})), ShapeError);
}

TEST_CASE("composites: operands that do not fit are refused") {
  Array x = zeros({2, 3});
  CHECK_THROWS_AS(layer_norm(x, zeros({2})), ShapeError);
  CHECK_THROWS_AS(layer_norm(x, zeros({4, 2, 3})), ShapeError);
  CHECK_THROWS_AS(batch_norm(x, zeros({3}), zeros({3}), zeros({3}), zeros({2})), ShapeError);
  CHECK_THROWS_AS(softmax(x, {.axis = 2}), IndexError);
  CHECK_THROWS_AS(softmax(cast(x, {.dtype = complex64})), DTypeError);
  CHECK_THROWS_AS(silu(cast(x, {.dtype = complex64})), DTypeError);
  CHECK(softmax(zeros({2, 0})).shape() == Shape{2, 0});
  CHECK(cross_entropy(zeros({0, 3}), zeros({0}, int64)).shape() == Shape{0});
}

TEST_CASE("composites: more lines than a reference reads at a time") {
  const int64_t lines = 300, length = 3;
  Array x = reshape(cast(arange(lines * length), {.dtype = float64}), {.shape = {lines, length}});
  Doubles along, sums, tops;
  for (int64_t i = 0; i < lines; ++i) {
    double total = 0;
    for (int64_t j = 0; j < length; ++j) along.push_back(total += static_cast<double>(i * length + j));
    sums.push_back(total);
    tops.push_back(static_cast<double>(i * length + length - 1));
  }
  CHECK(list(cumsum(x, {.axis = 1})) == along);
  CHECK(list(cumsum(transpose(x), {.axis = 0})) == list(transpose(cumsum(x, {.axis = 1}))));
  CHECK(list(sum(x, {.axis = 1})) == sums);
  CHECK(list(max(x, {.axis = 1})) == tops);
}

TEST_CASE("composites: the next number of infinities and of what is none, in every floating dtype") {
  struct Largest {
    DType dtype;
    double number;
  };
  for (auto [dtype, number] : {Largest{float16, 65504},
                               {bfloat16, 0x1.fep127},
                               {float32, 0x1.fffffep127},
                               {float64, std::numeric_limits<double>::max()}}) {
    auto next = [&, dtype = dtype](double from, double to) {
      return nextafter(cast(array({from}), {.dtype = dtype}), cast(array({to}), {.dtype = dtype}))
          .to_vector<double>()[0];
    };
    CHECK(next(infinity, 0) == number);
    CHECK(next(number, infinity) == infinity);
    CHECK(next(-infinity, -infinity) == -infinity);
    CHECK(next(-infinity, infinity) == -number);
    CHECK(std::isnan(next(NAN, 1)));
    CHECK(std::isnan(next(1, NAN)));
    CHECK(std::isnan(next(infinity, NAN)));
  }
}
