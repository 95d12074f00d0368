#include "timing.h"

#include <koine/koine.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

/// The cost of one small operation, as in shared/peers/dispatch.py: `add` of 8 floats and a read of the result, a chain
/// of 20 dependent ops and a read divided by 20, and the same under jit. Values change from call to call.
using namespace koine;

namespace {

constexpr size_t variants = 16;

Array chain(Array x, const Array& y) {
  for (int i = 0; i < 5; ++i) x = tanh((x + y) * y - x);
  return x;
}

/// Arrays of 8 floats with values of their own.
std::array<Array, variants> inputs(double phase) {
  std::array<Array, variants> list;
  for (size_t k = 0; k < variants; ++k) {
    std::array<float, 8> values;
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(std::sin(phase + static_cast<double>(8 * k + i)));
    list[k] = from(std::span<const float>(values), {8});
  }
  return list;
}

template <class F>
bench::Run run(F f, double ops) {
  auto x = inputs(0), y = inputs(1);
  return {[x, y, f, i = size_t{0}]() mutable {
            f(x[i % variants], y[i % variants]).data();
            ++i;
          },
          {},
          "ns/op",
          1e9 / ops};
}

}  // namespace

int main(int argc, char** argv) {
  const struct {
    const char* name;
    bench::Run (*make)();
  } cases[] = {
      {"add", [] { return run([](const Array& x, const Array& y) { return x + y; }, 1); }},
      {"chain20", [] { return run(chain, 20); }},
      {"chain20-jit", [] { return run(jit(chain), 20); }},
  };
  const char* wanted = argc > 1 ? argv[1] : nullptr;
  bool found = false;
  for (const auto& [name, make] : cases) {
    if (wanted && std::strcmp(wanted, name) != 0) continue;
    bench::report(std::string("dispatch/") + name, make());
    found = true;
  }
  if (!found) std::fprintf(stderr, "no case %s; there are add, chain20 and chain20-jit\n", wanted);
  return found ? 0 : 1;
}
