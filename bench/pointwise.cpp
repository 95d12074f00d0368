#include "numbers.h"
#include "timing.h"

#include <cstdio>
#include <cstring>
#include <memory>

/// Values with gradients that are bound by memory, as in shared/peers/pointwise.py: a chain over 4M elements, softmax,
/// layer norm and logsumexp of 4096 x 1024.
using namespace koine;

namespace {

constexpr int64_t rows = 4096, columns = 1024;

Array square_of(uint32_t seed) { return bench::normal(seed, {rows, columns}); }

template <class... G>
void read(const std::tuple<G...>& gradients) {
  std::apply([](const auto&... g) { (g.data(), ...); }, gradients);
}
void read(const Array& gradient) { gradient.data(); }

/// A step that computes value and gradients of f at its arguments.
template <class F, class... A>
bench::Run run(F f, A... arguments) {
  auto loss = std::make_shared<Array>();
  return {[=]() mutable {
            auto [value, gradients] = f(arguments...);
            *loss = value;
            value.data();
            read(gradients);
          },
          [loss] { return loss->template item<double>(); }};
}

bench::Run chain() {
  return run(value_and_grad<0, 1, 2>([](const Array& x, const Array& w, const Array& b) {
               return sum(gelu(x * w + b, {.approximate = true}) * sigmoid(x));
             }),
             square_of(0), square_of(1), square_of(2));
}
bench::Run of_softmax() {
  return run(value_and_grad([m = square_of(1)](const Array& x) { return sum(softmax(x) * m); }), square_of(0));
}
bench::Run of_layer_norm() {
  return run(value_and_grad<0, 1, 2>([m = square_of(1)](const Array& x, const Array& g, const Array& b) {
               return sum(layer_norm(x, g, b) * m);
             }),
             square_of(0), ones({columns}), zeros({columns}));
}
bench::Run of_logsumexp() {
  return run(value_and_grad([](const Array& x) { return sum(logsumexp(x, {.axis = 1})); }), square_of(0));
}

}  // namespace

int main(int argc, char** argv) {
  const struct {
    const char* name;
    bench::Run (*make)();
  } cases[] = {{"chain", chain}, {"softmax", of_softmax}, {"layernorm", of_layer_norm}, {"logsumexp", of_logsumexp}};
  const char* wanted = argc > 1 ? argv[1] : nullptr;
  for (const auto& [name, make] : cases)
    if (!wanted || std::strcmp(wanted, name) == 0) bench::report(std::string("pointwise/") + name, make());
}
