#include "support/schedules.h"

#include "compile/verify.h"
#include "ir/node.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <algorithm>

using namespace koine;

namespace {

ir::TypeRef type(const Shape& shape) { return ir::intern_type(float32, shape); }

/// Values of at least so many elements that kernels store.
template <class F>
size_t stored(const std::vector<ir::TypeRef>& types, int64_t least, F f) {
  const compile::Schedule schedule = testing::schedule_of(types, f);
  compile::verify(schedule);
  size_t count = 0;
  for (const compile::Step& step : schedule.steps)
    if (step.kernel)
      count += static_cast<size_t>(
          std::ranges::count_if(step.out, [&](ir::ValueId v) { return schedule.types[v]->count >= least; }));
  return count;
}

}  // namespace

TEST_CASE("recompute: what a later kernel needs of an elementwise chain is computed there from what is in memory") {
  // A matrix product between the two keeps them apart. Forward stores only what the product reads.
  auto f = [](std::span<const Array> in) {
    Array x = in[0] + in[1], t = maximum(x, 0.5);
    Array y = matmul(t * x, in[2]);
    return std::vector<Array>{(1 - t * t) * (x + x) * sum(y)};
  };
  const std::vector<ir::TypeRef> types{type({1024, 512}), type({512}), type({512, 512})};
  CHECK(stored(types, 1024 * 512, f) == 2);  // the product's operand, and the result
}

TEST_CASE("recompute: rows' values are stored for it, so that no value of all elements is") {
  auto f = [](std::span<const Array> in) {
    Array centred = in[0] - mean(in[0], {.axis = {-1}, .keepdims = true});
    Array y = centred * rsqrt(mean(square(centred), {.axis = {-1}, .keepdims = true}) + 1e-5);
    return std::vector<Array>{y * matmul(y, in[1])};
  };
  // y is stored for the product, and is loaded, not computed again.
  CHECK(stored({type({1024, 512}), type({512, 512})}, 1024 * 512, f) == 2);
}

TEST_CASE("recompute: not where it would load more than it saves, or takes longer") {
  // t is made of two large inputs: to load one value is less than to load two.
  auto two = [](std::span<const Array> in) {
    Array t = in[0] * in[1];
    return std::vector<Array>{t * sum(matmul(t + 1, in[2]))};
  };
  const std::vector<ir::TypeRef> types{type({1024, 512}), type({1024, 512}), type({512, 512})};
  CHECK(stored(types, 1024 * 512, two) == 3);  // t, the product's operand, the result
  auto slow = [](std::span<const Array> in) {
    Array t = sin(cos(sin(in[0])));
    return std::vector<Array>{t * sum(matmul(t + 1, in[1]))};
  };
  CHECK(stored({type({1024, 512}), type({512, 512})}, 1024 * 512, slow) == 3);
}

TEST_CASE("recompute: values are the same whether they are computed again or read") {
  auto f = [](const Array& x, const Array& w) {
    Array norm = layer_norm(x), h = gelu(matmul(norm, w), {.approximate = true});
    return sum(softmax(h * norm) * norm);
  };
  Array x = normal(Key{1}, {.shape = {64, 48}}), w = normal(Key{2}, {.shape = {48, 48}});
  auto [gx, gw] = grad<0, 1>(f)(x, w);
  // Values that are held are stored, so nothing of the forward pass is computed again.
  auto held = [](const Array& x, const Array& w, std::vector<Array>& values) {
    Array norm = layer_norm(x), product = matmul(norm, w), h = gelu(product, {.approximate = true});
    Array scores = h * norm, shares = softmax(scores);
    values = {norm, product, h, scores, shares};
    for (const Array& value : values) value.data();
    return sum(shares * norm);
  };
  std::vector<Array> values;
  auto [hx, hw] = grad<0, 1>([&](const Array& x, const Array& w) { return held(x, w, values); })(x, w);
  CHECK(gx.to_vector<float>() == hx.to_vector<float>());
  CHECK(gw.to_vector<float>() == hw.to_vector<float>());
}
