// An LSTM on sequences of different lengths: each has a pair of marks, and what is to be told is the sum of the numbers
// that are marked (Hochreiter and Schmidhuber, 1997), however long the sequence goes on.
#include <koine/koine.h>

#include <random>

using namespace koine;

struct Net {
  nn::Lstm lstm{.in = 2, .size = 32};
  nn::Linear out{32, 1};

  Array operator()(const Array& x, const Array& lengths) const {
    return squeeze(out(nn::last_step(lstm(x, lengths), lengths)), -1);
  }
};

constexpr int64_t longest = 24;

// Steps of a number and a mark, filled up with zeros; the length of each sequence; the sum.
struct Sequences {
  Array x, lengths, sums;
};
Sequences draw(int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> x(static_cast<size_t>(n * longest * 2)), sums;
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t length = 6 + random() % (longest - 5), first = random() % (length / 2);
    const int64_t second = length / 2 + random() % (length - length / 2);
    float sum = 0;
    for (int64_t t = 0; t < length; ++t) {
      float* step = x.data() + (i * longest + t) * 2;
      step[0] = std::uniform_real_distribution<float>(0, 1)(random);
      step[1] = t == first || t == second;
      sum += step[0] * step[1];
    }
    lengths.push_back(length);
    sums.push_back(sum);
  }
  return {from(x, {n, longest, 2}), from(lengths, {n}), from(sums, {n})};
}

int main() {
  Net net = nn::init(Net{}, Key{0});
  optim::Adam adam{{.lr = optim::cosine(1e-2, 400)}};
  adam.init(net);
  auto learn = jit([](Net now, optim::Adam optimizer, const Sequences& some) {
    auto [value, gradient] =
        value_and_grad([&](const Net& n) { return nn::mse_loss(n(some.x, some.lengths), some.sums); }, now);
    optimizer.step(now, optim::clip_by_norm(gradient, 1.0).grad);
    return std::tuple(value, now, optimizer);
  });
  Array value;
  for (unsigned step = 0; step < 400; ++step) std::tie(value, net, adam) = learn(net, adam, draw(64, step));

  const Sequences unseen = draw(500, 12345);
  const double error = nn::mse_loss(net(unseen.x, unseen.lengths), unseen.sums).item<double>();
  print("mean squared error", error, "where always guessing 1 has", mean(square(unseen.sums - 1)));
  return error < 0.05 ? 0 : 1;
}
