// A physics-informed net (Raissi et al., 2019): it never sees a solution, only the equation u'' = -u with u(0) = 0 and
// u'(0) = 1, whose solution is the sine.
#include <koine/koine.h>

using namespace koine;

struct Net {
  nn::Linear in{1, 24}, middle{24, 24}, out{24, 1};

  Array operator()(const Array& t) const { return sum(out(tanh(middle(tanh(in(reshape(t, {.shape = {1, 1}}))))))); }
};

int main() {
  Net net = nn::init(Net{}, Key{0});
  const Array times = linspace(0, 3, 40);
  auto loss = [&](const Net& u) {
    auto slope = grad([&](const Array& t) { return u(t); });
    auto bend = grad(slope);
    // At all times at once: how far the equation is from holding.
    const Array residual = vmap([&](const Array& t) { return bend(t) + u(t); })(times);
    const Array zero = zeros({});
    return mean(square(residual)) + square(u(zero)) + square(slope(zero) - 1);
  };
  optim::Adam adam{{.lr = optim::cosine(1e-2, 600)}};
  adam.init(net);
  auto step = jit([&](Net u, optim::Adam optimizer) {
    auto [value, gradient] = value_and_grad(loss, u);
    optimizer.step(u, gradient);
    return std::tuple(value, u, optimizer);
  });
  Array value;
  for (int i = 0; i < 600; ++i) std::tie(value, net, adam) = step(net, adam);

  const Array solution = vmap([&](const Array& t) { return net(t); })(times);
  const double error = max(abs(solution - sin(times))).item<double>();
  print("loss", value, "largest distance from the sine", error);
  return error < 0.05 ? 0 : 1;
}
