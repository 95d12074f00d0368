// Uses the ops that the check added, as a user does: each is differentiated twice, batched, jitted, printed, looked up.
#include "ir/graph.h"
#include "ir/op_spec.h"

#include <koine/koine.h>

#include <cmath>
#include <cstdio>

using namespace koine;

namespace {

int failures = 0;

void check(bool good, const char* op, const char* what) {
  if (good) return;
  std::printf("%s: %s\n", op, what);
  ++failures;
}

bool near(const Array& a, const Array& b) { return max(abs(a - b)).item<double>() < 1e-5; }

/// Everything that every op can do, for a function of one array that the op is part of.
template <class F>
void use(const char* name, F f) {
  const ir::OpSpec* row = ir::find_op(name);
  check(row != nullptr, name, "is not in the table");
  if (!row) return;
  check(row->doc && *row->doc, name, "has no text");

  Array x = array({0.3, -0.8, 1.4, 0.6}), step = array({0.2, 0.1, -0.4, 0.3});
  auto loss = [&](const Array& v) { return sum(square(f(v)) * array({1, 2, 3, 4})); };
  auto slope = grad(loss);
  Array first = sum(slope(x) * step), rise = (loss(x + step * 1e-2) - loss(x - step * 1e-2)) / 2e-2;
  check(abs(first - rise).item<double>() < 2e-2, name, "its derivative is not a difference");
  Array second = jvp(slope, x, step).tangent;
  Array difference = (slope(x + step * 1e-2) - slope(x - step * 1e-2)) / 2e-2;
  check(max(abs(second - difference)).item<double>() < 2e-2, name,
        "its second derivative is not a difference of the first");
  auto reverse_twice = grad([&](const Array& v) { return sum(slope(v) * step); });
  check(near(reverse_twice(x), second), name, "reverse over reverse is not forward over reverse");

  Array rows = stack({x, x * 2, x - 0.5});
  Array batched = vmap(f)(rows);
  for (int i = 0; i < 3; ++i)
    check(near(get_at(batched, std::vector<Index>{i}), f(get_at(rows, std::vector<Index>{i}))), name,
          "vmap is not a loop");
  check(near(vmap(slope)(rows), stack({slope(x), slope(x * 2), slope(x - 0.5)})), name, "vmap of grad is not a loop");
  auto compiled = jit(f);
  check(near(compiled(x), f(x)) && near(compiled(x * 2), f(x * 2)), name, "jit changes its value");

  ir::TypeRef type = ir::intern_type(float32, {4});
  ir::Captured traced =
      ir::trace(std::span(&type, 1), "a test", {}, [&](std::span<const Array> in) { return ir::Arrays{f(in[0])}; });
  check(ir::to_string(*traced.graph).find(name) != std::string::npos, name, "is not printed with its graph");
}

}  // namespace

int main() {
  use("softsign", [](const Array& x) { return softsign(x); });
  use("roll", [](const Array& x) { return roll(x, {.shift = 1}); });
  use("mish", [](const Array& x) { return mish(x); });
  use("polar", [](const Array& x) {
    auto [length, angle] = polar(x, x * x + 1);
    return length * angle;
  });
  Array moved = roll(array({1, 2, 3}), {.shift = 1});
  check(near(moved, array({3, 1, 2})), "roll", "moves to the wrong place");
  std::printf("%d failures\n", failures);
  return failures != 0;
}
