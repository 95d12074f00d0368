// The CPU device's matrix products against the op's own definition, and their epilogues against the steps by
// themselves.
#include "backend/cpu/gemm/product.h"
#include "backend/op_kernel_check.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

using namespace koine;
using namespace koine::backend::cpu;

TEST_CASE("cpu matmul: every dtype and many sizes") {
  struct Of {
    DType dtype;
    double tolerance;
  };
  for (Of of :
       {Of{DType::float32, 2e-6}, Of{DType::float64, 1e-14}, Of{DType::bfloat16, 8e-3}, Of{DType::float16, 1e-3}})
    for (int64_t m : {0, 1, 5, 14, 33})
      for (int64_t k : {0, 1, 7, 64, 401})
        for (int64_t n : {0, 1, 8, 31, 70, 300})
          CHECK(check_op_kernel("matmul", {}, of.dtype, {{m, k}, {k, n}}, of.tolerance));
}

TEST_CASE("cpu matmul: large enough for several threads") {
  for (Shapes shapes : {Shapes{{130, 300}, {300, 260}}, Shapes{{256, 256}, {256, 256}}, Shapes{{1000, 20}, {20, 500}},
                        Shapes{{7, 900}, {900, 1000}}, Shapes{{900, 1000}, {1000, 1}}, Shapes{{1, 900}, {900, 1000}}}) {
    CHECK(check_op_kernel("matmul", {}, DType::float32, shapes, 4e-6));
    CHECK(check_op_kernel("matmul", {}, DType::float64, shapes, 1e-14));
  }
  CHECK(check_op_kernel("matmul", {}, DType::bfloat16, {{130, 300}, {300, 260}}, 8e-3));
}

TEST_CASE("cpu matmul: vectors and batches that broadcast") {
  for (Shapes shapes : {Shapes{{3}, {3}}, Shapes{{3}, {2, 3, 2}}, Shapes{{2, 2, 3}, {3}},
                        Shapes{{2, 1, 2, 3}, {4, 3, 2}}, Shapes{{4, 2, 3}, {3, 2}}, Shapes{{2, 3}, {5, 3, 4}},
                        Shapes{{3, 1, 4, 5}, {1, 2, 5, 6}}, Shapes{{0, 2, 3}, {3, 2}}, Shapes{{2, 1, 2, 3}, {0, 3, 2}},
                        Shapes{{64, 40, 50}, {64, 50, 60}}, Shapes{{3, 8, 20, 64}, {3, 8, 64, 20}}})
    for (DType dtype : {DType::float32, DType::float64}) CHECK(check_op_kernel("matmul", {}, dtype, shapes, 2e-6));
}

TEST_CASE("cpu matmul: integers and complex numbers are left to others") {
  CHECK_FALSE(check_op_kernel("matmul", {}, DType::int32, {{2, 3}, {3, 4}}, 0));
  CHECK_FALSE(check_op_kernel("matmul", {}, DType::complex64, {{2, 3}, {3, 4}}, 0));
}

namespace {

std::vector<float> run(const Product& product, const std::vector<float>& a, const std::vector<float>& b) {
  int64_t batch = 1;
  for (int64_t n : product.batch) batch *= n;
  std::vector<float> y(static_cast<size_t>(batch * product.rows * product.columns), NAN);
  auto bytes = [](const std::vector<float>& x) { return reinterpret_cast<const std::byte*>(x.data()); };
  const std::byte* in[] = {bytes(a), bytes(b)};
  std::byte* out[] = {reinterpret_cast<std::byte*>(y.data())};
  make_product(product)->run(in, out, nullptr);
  return y;
}

std::vector<float> numbers(int64_t count, int seed) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>((i * 37 + seed * 11) % 101 - 50) / 32);
  return values;
}

std::vector<float> transposed(const std::vector<float>& x, int64_t rows, int64_t columns) {
  std::vector<float> y(x.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      y[static_cast<size_t>(j * rows + i)] = x[static_cast<size_t>(i * columns + j)];
  return y;
}

}  // namespace

TEST_CASE("cpu matmul: operands stored the other way round") {
  for (int64_t m : {1, 9, 100})
    for (int64_t k : {1, 50, 500})
      for (int64_t n : {1, 33, 130}) {
        std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2);
        std::vector<float> a_turned = transposed(a, m, k), b_turned = transposed(b, k, n);
        Product product = product_of(ir::intern_type(float32, {m, k}), ir::intern_type(float32, {k, n}));
        auto y = run(product, a, b);
        product.a = {1, m, {}};
        CHECK(y == run(product, a_turned, b));
        product.b = {1, k, {}};
        CHECK(y == run(product, a_turned, b_turned));
        product.a = {k, 1, {}};
        CHECK(y == run(product, a, b_turned));
      }
}
