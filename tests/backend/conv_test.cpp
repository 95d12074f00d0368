// The CPU device's convolutions against the ops' own definitions.
#include "backend/op_kernel_check.h"

#include <doctest/doctest.h>

using namespace koine;
using namespace koine::backend::cpu;

namespace {

struct Case {
  std::vector<int64_t> x, w;
  Ints stride = {}, padding = {}, dilation = {};
  int64_t groups = 1;
};

std::vector<int64_t> middle(const std::vector<int64_t>& shape, size_t first, size_t behind) {
  return {shape.begin() + static_cast<std::ptrdiff_t>(first), shape.end() - static_cast<std::ptrdiff_t>(behind)};
}

Ints filled(const Ints& given, size_t n, int64_t value) {
  return given.size() == n ? given : Ints(n, given.empty() ? value : given[0]);
}

std::vector<int64_t> result_of(const Case& c) {
  size_t axes = c.x.size() - 2;
  Ints stride = filled(c.stride, axes, 1), dilation = filled(c.dilation, axes, 1), pad = filled(c.padding, 2 * axes, 0);
  std::vector<int64_t> y{c.x[0]};
  for (size_t d = 0; d < axes; ++d)
    y.push_back((c.x[d + 1] + pad[2 * d] + pad[2 * d + 1] - (c.w[d] - 1) * dilation[d] - 1) / stride[d] + 1);
  y.push_back(c.w.back());
  return y;
}

// A build without oneDNN has no kernels for convolutions.
bool has_library() { return check_op_kernel("conv", {}, DType::float32, {{1, 3, 1}, {1, 1, 1}}, 1e-6); }

// Whether the device has all three.
bool check_three(const Case& c, DType dtype, double tolerance) {
  NamedAttrs attrs{{"stride", c.stride}, {"padding", c.padding}, {"dilation", c.dilation}, {"groups", c.groups}};
  std::vector<int64_t> y = result_of(c);
  bool there = check_op_kernel("conv", attrs, dtype, {c.x, c.w}, tolerance);
  NamedAttrs input = attrs, weight = attrs;
  auto sizes = [](const std::vector<int64_t>& n) { return Shape(n.begin(), n.end()); };
  input.push_back({"input_shape", sizes(middle(c.x, 1, 1))});
  weight.push_back({"kernel", sizes(middle(c.w, 0, 2))});
  bool input_there = check_op_kernel("conv_input_grad", input, dtype, {y, c.w}, tolerance);
  bool weight_there = check_op_kernel("conv_weight_grad", weight, dtype, {c.x, y}, tolerance);
  return there && input_there && weight_there;
}

const Case cases[] = {
    {{2, 5, 2}, {3, 2, 3}, {2}, {1, 0}},
    {{1, 1, 1}, {1, 1, 1}},
    {{3, 40, 7}, {5, 7, 9}, {3}, {2, 1}, {2}},
    {{4, 8, 8, 3}, {3, 3, 3, 16}, {}, {1}},
    {{4, 9, 7, 16}, {3, 2, 16, 5}, {2, 1}, {1, 2, 0, 1}},
    {{1, 4, 5, 2}, {2, 3, 1, 4}, {1, 2}, {1, 1, 0, 2}, {2, 1}, 2},
    {{2, 12, 12, 32}, {3, 3, 1, 32}, {}, {1}, {}, 32},
    {{2, 12, 12, 32}, {3, 3, 8, 64}, {2}, {1}, {}, 4},
    {{2, 10, 10, 6}, {1, 1, 6, 10}},
    {{2, 10, 10, 16}, {1, 1, 16, 32}, {2}},
    {{2, 6, 6, 4}, {3, 3, 4, 4}, {1}, {4}},
    {{1, 3, 2, 3, 1}, {2, 2, 1, 1, 2}},
    {{2, 6, 5, 7, 8}, {3, 2, 3, 8, 16}, {1, 2, 1}, {1, 1, 0, 1, 2, 0}},
    {{2, 28, 28, 1}, {5, 5, 1, 6}, {}, {2}},
    {{0, 5, 2}, {3, 2, 3}},
    {{2, 5, 0}, {3, 0, 3}},
    {{2, 5, 2}, {3, 2, 0}},
    {{2, 3, 3, 2}, {3, 3, 2, 4}},
};

}  // namespace

TEST_CASE("cpu conv: sizes, strides, padding, dilation, groups") {
  for (const Case& c : cases) CHECK(check_three(c, DType::float32, 4e-6) == has_library());
}

TEST_CASE("cpu conv: large enough for several threads") {
  const Case large[] = {{{32, 28, 28, 1}, {5, 5, 1, 32}, {}, {2}},
                        {{9, 16, 16, 32}, {3, 3, 32, 32}, {}, {1}},
                        {{1, 33, 32, 16}, {3, 3, 16, 64}, {2, 1}, {1}},
                        {{1, 33, 8, 8, 16}, {3, 3, 3, 16, 32}, {1}, {1}},
                        {{1, 33, 32, 16}, {3, 3, 16, 64}, {1}, {4}, {2}}};
  for (const Case& c : large) CHECK(check_three(c, DType::float32, 1e-5) == has_library());
}

// Not every machine's oneDNN has kernels for it.
TEST_CASE("cpu conv: bfloat16") {
  for (const Case& c : cases) check_three(c, DType::bfloat16, 8e-3);
}

TEST_CASE("cpu conv: other dtypes are left to others") {
  for (DType dtype : {DType::float64, DType::int32, DType::complex64}) CHECK_FALSE(check_three(cases[0], dtype, 0));
}
