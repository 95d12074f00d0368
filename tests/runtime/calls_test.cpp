#include <doctest/doctest.h>
#include <koine/koine.h>

#include <cstdlib>

/// What jit replays is one pending node, and is part of the work around it all the same.
using namespace koine;

namespace {
Array twice(const Array& x) { return x * 2 + 1; }
}  // namespace

TEST_CASE("calls: pending work and the jitted functions in it are one program") {
  if (std::getenv("KOINE_EAGER")) return;  // nothing is pending then
  auto f = jit(twice);
  Array x = array({1.0, 2.0}), y = array({3.0, 4.0});
  f(x).data(), y.data();
  int64_t before = runtime::stats().programs_made;
  Array z = f(f(x) + y) * f(y);
  CHECK(z.to_vector<float>() == std::vector<float>{91, 171});
  CHECK(runtime::stats().programs_made == before + 1);
  z = f(f(y) + x) * f(x);
  CHECK(z.to_vector<float>() == std::vector<float>{51, 115});
  CHECK(runtime::stats().programs_made == before + 1);
}

TEST_CASE("calls: an operand that nobody else holds is updated in place") {
  int64_t n = 1 << 20;
  auto f = jit([](const Array& x) { return x + 1; });
  Array x = ones({n});
  const std::byte* memory = x.data();
  x = f(x);
  CHECK(x.at(0).item<float>() == 2);
  CHECK(x.data() == memory);
}

TEST_CASE("calls: several results, results that are given back, and no operands") {
  auto f = jit([](const Array& x, const Array& y) { return std::tuple(x + y, x, x * y); });
  auto [sum, same, product] = f(array({2.0}), array({5.0}));
  CHECK(sum.item<float>() == 7);
  CHECK(same.item<float>() == 2);
  CHECK(product.item<float>() == 10);
  auto g = jit([](const Array& x, const Array& y) { return std::pair(x + y, x * y); });
  auto kept = g(array({2.0}), array({5.0})).second;
  CHECK(kept.item<float>() == 10);
  CHECK(jit([] { return ones({2}) * 3; })().to_vector<float>() == std::vector<float>{3, 3});
}

TEST_CASE("calls: a gradient goes through, also where the function was called before") {
  auto f = jit([](const Array& x) { return sum(x * x * x); });
  Array x = array({1.0, 2.0});
  CHECK(f(x).item<float>() == 9);
  CHECK(grad([&](const Array& v) { return f(v); })(x).to_vector<float>() == std::vector<float>{3, 12});
  // A call on arrays that the gradient does not follow is a constant to it.
  Array g = grad([&](const Array& v) { return sum(v * f(x)); })(x);
  CHECK(g.to_vector<float>() == std::vector<float>{9, 9});
  CHECK(vmap([&](const Array& v) { return v * f(x); })(x).to_vector<float>() == std::vector<float>{9, 18});
}

TEST_CASE("calls: an error at run time names the op inside and its line") {
  auto f = jit([](const Array& x, const Array& at) { return gather(x * 2, at); });
  Array x = array({1.0, 2.0}), good = x + 1;
  Array bad = f(good, array({7}));
  try {
    bad.data();
    CHECK(false);
  } catch (const IndexError& error) {
    std::string text = error.what();
    CHECK(text.find("[gather] ") == 0);
    CHECK(text.find("calls_test.cpp:") != std::string::npos);
  }
  CHECK(good.to_vector<float>() == std::vector<float>{2, 3});
  CHECK(f(good, array({1})).item<float>() == 6);
}

TEST_CASE("calls: a long loop of them is cut like any other") {
  auto f = jit([](const Array& x) {
    Array y = x;
    for (int i = 0; i < 50; ++i) y = y + 1;
    return y;
  });
  Array x = array({0.0});
  for (int i = 0; i < 2000; ++i) x = f(x);
  CHECK(x.item<float>() == 100000);
}
