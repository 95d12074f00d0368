// What a user does with an op that was just added, for each kind of op in this folder.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/koine.h>

#include <cmath>

namespace koine {
namespace {

double slope(auto f, double x) { return (f(x + 1e-4) - f(x - 1e-4)) / 2e-4; }
double bend(auto f, double x) { return (f(x + 1e-3) - 2 * f(x) + f(x - 1e-3)) / 1e-6; }

/// Value, first and second derivative, batch and compiled function of an op, against a function of one number.
/// `at(x)` is the op as a function of a scalar.
void use(const char* name, auto at, double (*number)(double)) {
  CAPTURE(name);
  const Array points = from(std::vector<double>{0.3, 0.7, -1.1}, {3});
  const std::vector<double> xs = points.to_vector<double>();
  auto first = grad(at);
  auto second = grad([&](const Array& x) { return grad(at)(x); });
  const auto values = vmap(at)(points).template to_vector<double>();
  const auto slopes = vmap(first)(points).template to_vector<double>();
  const auto bends = jit(vmap(second))(points).template to_vector<double>();
  for (size_t i = 0; i < xs.size(); ++i) {
    CHECK(jit(at)(points.at(static_cast<int64_t>(i))).template item<double>() == doctest::Approx(number(xs[i])));
    CHECK(values[i] == doctest::Approx(number(xs[i])));
    CHECK(slopes[i] == doctest::Approx(slope(number, xs[i])).epsilon(1e-5));
    CHECK(bends[i] == doctest::Approx(bend(number, xs[i])).epsilon(1e-3));
  }

  const ir::OpSpec* op = ir::find_op(name);
  REQUIRE(op);
  CHECK(op->name == std::string(name));
  const auto calls = optest::calls_of(*op);
  REQUIRE(!calls.empty());
  CHECK(ir::to_string(*optest::graph_of(calls[0])).find(name) != std::string::npos);
}

TEST_CASE("scratch: an elementwise op of one file") {
  use("scratch_cube", [](const Array& x) { return scratch_cube(x); }, [](double x) { return x * x * x; });
}

TEST_CASE("scratch: a structural op with attributes of one file") {
  // [x, x^2] becomes [x^2, x], or the other way round.
  use("scratch_roll",
      [](const Array& x) {
        Array both = concatenate({reshape(x, {.shape = {1}}), reshape(x * x, {.shape = {1}})}, {.axis = 0});
        Array forth = scratch_roll(both, {.axis = 0}), back = scratch_roll(forth, {.axis = 0, .back = true});
        return sum(forth * from(std::vector<double>{1, 10}, {2})) + 0 * sum(back);
      },
      [](double x) { return x * x + 10 * x; });
}

TEST_CASE("scratch: a composite of one file") {
  // Of [x, 1].
  use("scratch_rms_norm",
      [](const Array& x) {
        Array both = concatenate({reshape(x, {.shape = {1}}), from(std::vector<double>{1}, {1})}, {.axis = 0});
        return scratch_rms_norm(both, {.epsilon = 0.25}).at(0);
      },
      [](double x) { return x / std::sqrt((x * x + 1) / 2 + 0.25); });
}

TEST_CASE("scratch: an op with two outputs of one file") {
  use("scratch_sin_cos",
      [](const Array& x) {
        auto [sine, cosine] = scratch_sin_cos(x);
        return 3 * sine + sine * cosine;
      },
      [](double x) { return 3 * std::sin(x) + std::sin(x) * std::cos(x); });
}

}  // namespace
}  // namespace koine
