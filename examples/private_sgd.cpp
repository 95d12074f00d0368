// Differential privacy by per-sample gradients (Abadi et al., 2016): the gradient of each example is clipped, and noise
// is added, so that no single example can be told from the weights.
#include <koine/koine.h>

using namespace koine;

struct Net {
  nn::Linear in{64, 32}, out{32, 10};
  Array operator()(const Array& x) const { return out(tanh(in(x))); }
};

int main(int argc, char** argv) {
  auto [seen, unseen] = data::csv(argc > 1 ? argv[1] : "data/digits.csv.gz", {.scale = 1 / 16.0}).split(1347);
  Net net = nn::init(Net{}, Key{0});
  optim::Sgd sgd{{.lr = 1.0}};
  constexpr double limit = 1, noise = 0.6;
  const auto loss = [](const Net& model, const Array& x, const Array& y) { return cross_entropy(model(x), y); };
  auto of_each = vmap(grad(loss), {.in = {unbatched, 0, 0}});
  int64_t step = 0;
  for (const auto& [x, y] : seen.batches(128, {.epochs = 15, .shuffle = Key{1}, .drop_last = true})) {
    const Net each = of_each(net, x, y);
    // How long the gradient of each example is, over all weights.
    Array square_norm = zeros({x.size(0)});
    for (const Array& g : tree::leaves(each))
      square_norm = square_norm + sum(square(reshape(g, {.shape = {x.size(0), -1}})), {.axis = 1});
    const Array factor = minimum(limit / sqrt(square_norm), 1);
    int64_t leaf = 0;
    const Key key = Key{2}.fold_in(step++);
    const Net gradient = tree::map(each, [&](const Array& g) {
      const Array clipped = einsum("b...,b->...", {g, factor});
      return (clipped + normal(key.fold_in(leaf++), {.shape = clipped.shape()}) * (noise * limit)) / x.size(0);
    });
    sgd.step(net, gradient);
  }
  const double accuracy = metrics::accuracy(net(unseen.x), unseen.y);
  print("test accuracy with clipped and noisy gradients", accuracy);
  return accuracy > 0.7 ? 0 : 1;
}
