// An ensemble by `vmap`: eight nets trained as one, whose disagreement says where they know little.
#include <koine/koine.h>

using namespace koine;

struct Net {
  nn::Linear in{1, 32}, middle{32, 32}, out{32, 1};
  Array operator()(const Array& x) const { return squeeze(out(tanh(middle(tanh(in(x))))), -1); }
};

int main() {
  // A curve is known from -1 to 1 only.
  const Array x = uniform(Key{1}, {.shape = {60, 1}, .low = -1, .high = 1});
  const Array y = squeeze(sin(x * 3), 1) + normal(Key{2}, {.shape = {60}}) * 0.05;

  const std::vector<Key> keys = Key{0}.split(8);
  Net nets = vmap([](const Array& key) { return nn::init(Net{}, Key(key)); })(
      stack(std::vector<Array>(keys.begin(), keys.end())));
  // The loss of all: each net has a gradient of its own, because none sees another.
  const auto loss = [&](const Net& all) {
    return sum(vmap([&](const Net& net) { return nn::mse_loss(net(x), y); })(all));
  };
  optim::Adam adam{{.lr = 1e-2}};
  for (int step = 0; step < 300; ++step) adam.step(nets, grad(loss)(nets));

  const auto spread = [&](double place) {
    const Array at = full({.shape = {1, 1}, .value = place});
    const Array said = vmap([&](const Net& net) { return sum(net(at)); })(nets);
    return sqrt(mean(square(said - mean(said)))).item<double>();
  };
  const double inside = (spread(-0.5) + spread(0) + spread(0.5)) / 3, outside = (spread(-3) + spread(3)) / 2;
  print("the nets disagree by", inside, "where they have seen examples, by", outside, "where they have not");
  return inside < 0.05 && outside > 5 * inside ? 0 : 1;
}
