#include "compile/clean.h"
#include "compile/fuse.h"
#include "ir/node.h"
#include "ir/pending.h"
#include "transform/transforms.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <cmath>

using namespace koine;

namespace {

/// The steps that the gradient of an op by its operand takes on a device without kernels of its own.
template <class F>
size_t steps_of_gradient(const Shape& shape, F f) {
  const uint64_t since = ir::next_serial();
  std::vector<Array> inputs{ir::make_placeholder(ir::intern_type(float32, shape), "x", {})};
  ir::Captured captured = ir::capture(std::vector<Array>{f(inputs[0])}, inputs, since);
  ir::GraphRef gradient = ir::prune(*transform::vjp(captured.graph, {1}));
  auto none = [](const ir::OpSpec&) { return false; };
  auto no_views = [](const ir::Graph&, const ir::GraphNode&, std::span<const Ints>) { return false; };
  return compile::fuse(compile::clean(*gradient, none).graph, no_views).steps.size();
}

}  // namespace

TEST_CASE("parts: the gradients of slices that share nothing are stored where they belong by one kernel") {
  // Values and gradient: both axes of the window one after the other.
  CHECK(steps_of_gradient({2, 6, 8, 3}, [](const Array& x) { return max_pool(x, {.window = {2, 2}}); }) == 3);
  CHECK(steps_of_gradient({2, 6, 9, 3}, [](const Array& x) { return average_pool(x, {.window = {3, 3}}); }) == 3);
  // A row that no window reaches, and windows that overlap.
  CHECK(steps_of_gradient({2, 7, 8, 3}, [](const Array& x) { return max_pool(x, {.window = {2, 2}}); }) > 3);
  CHECK(steps_of_gradient({2, 7, 7, 3},
                          [](const Array& x) { return max_pool(x, {.window = {3, 3}, .stride = {2, 2}}); }) > 3);
}

TEST_CASE("parts: pieces of equal size are computed into their places") {
  Array x = arange(6.0), y = reshape(arange(12.0), {.shape = {2, 6}});
  CHECK(concatenate({y * 2, y + 1}, {.axis = 0}).to_vector<float>() ==
        concatenate({y + y, y - -1}, {.axis = 0}).to_vector<float>());
  CHECK(concatenate({x * 2, x + 1}).to_vector<float>() == std::vector<float>{0, 2, 4, 6, 8, 10, 1, 2, 3, 4, 5, 6});
  // A negative zero that is added to zeros is a positive one.
  Array zero = -zeros({2});
  Array sum = pad(zero, {.before = {0}, .after = {2}}) + pad(zero, {.before = {2}, .after = {0}});
  for (const float number : sum.to_vector<float>()) CHECK(!std::signbit(number));
  Array joined = concatenate({zero, zero});
  for (const float number : joined.to_vector<float>()) CHECK(std::signbit(number));
}
