#include "numbers.h"
#include "training.h"

/// One step of training 784-512-256-10 with relu, cross-entropy, Adam, batch 128, as in shared/peers/mlp.py; a plain
/// loop without jit.
using namespace koine;

namespace {

struct Mlp {
  nn::Linear a{784, 512}, b{512, 256}, c{256, 10};
  Array operator()(const Array& x) const { return c(relu(b(relu(a(x))))); }
};

}  // namespace

int main() {
  Mlp model;
  bench::Weights weights;
  weights.set(model.a);
  weights.set(model.b);
  weights.set(model.c);
  Array x = bench::normal(0, {128, 784}), y = bench::RandomState(0).integers(10, {128});
  auto loss = [=](const Mlp& m) { return mean(cross_entropy(m(x), y)); };
  bench::report("mlp", bench::training(model, optim::Adam{{.lr = 1e-3}}, loss));
}
