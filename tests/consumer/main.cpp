#include <koine/koine.h>

using namespace koine;

int main() {
  // A line through four points: y = 2 x + 1.
  Array x = reshape(array({0.0, 1.0, 2.0, 3.0}), {.shape = {4, 1}});
  Array y = 2 * x + 1;
  auto line = nn::init(nn::Linear{1, 1}, Key{0});
  optim::Adam adam{{.lr = 0.1}};
  for (int step = 0; step < 300; ++step) {
    auto [loss, grad] = value_and_grad([&](const nn::Linear& m) { return mean(square(m(x) - y)); }, line);
    adam.step(line, grad);
  }
  auto slope = line.weight.item<double>(), start = line.bias.item<double>();
  print("slope", slope, "start", start);
  return slope > 1.9 && slope < 2.1 && start > 0.8 && start < 1.2 ? 0 : 1;
}
