#include <koine/koine.h>
using namespace koine;

struct Mlp {  // a plain aggregate is a tree of parameters
  nn::Linear in{64, 128}, out{128, 10};
  Array operator()(const Array& x) const { return out(relu(in(x))); }
};

int main(int argc, char** argv) {
  const char* file = argc > 1 ? argv[1] : "data/digits.csv.gz";
  auto [train, test] = data::csv(file, {.label = -1, .scale = 1 / 16.0}).split(1347);
  auto model = nn::init(Mlp{}, Key{0});
  optim::Adam adam{{.lr = 1e-3}};
  for (auto [x, y] : train.batches(64, {.epochs = 20, .shuffle = Key{1}})) {
    auto [loss, grad] = value_and_grad([&](const Mlp& m) { return mean(cross_entropy(m(x), y)); }, model);
    adam.step(model, grad);
  }
  print("test accuracy", mean(argmax(model(test.x), {.axis = -1}) == test.y));
}
