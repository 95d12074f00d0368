#include "numbers.h"
#include "training.h"

/// One step of training a network like LeNet on 28 x 28 images, SGD with momentum, batch 64, as in
/// shared/peers/lenet.py; a plain loop without jit.
using namespace koine;

namespace {

struct Lenet {
  nn::Conv c1{1, 32, {5, 5}, {}, nn::same_padding({5, 5})};
  nn::Conv c2{32, 64, {5, 5}, {}, nn::same_padding({5, 5})};
  nn::Linear f1{3136, 512}, f2{512, 10};
  nn::MaxPool pool;
  nn::Flatten flatten;
  Array operator()(Array x) const {
    x = pool(relu(c1(x)));
    x = flatten(pool(relu(c2(x))));
    return f2(relu(f1(x)));
  }
};

}  // namespace

int main() {
  Lenet model;
  bench::Weights weights;
  weights.set(model.c1);
  weights.set(model.c2);
  weights.set(model.f1);
  weights.set(model.f2);
  Array x = bench::normal(0, {64, 1, 28, 28}), y = bench::RandomState(0).integers(10, {64});
  x = moveaxis(x, 1, -1);
  x.data();
  auto loss = [=](const Lenet& m) { return mean(cross_entropy(m(x), y)); };
  bench::report("lenet", bench::training(model, optim::Sgd{{.lr = 0.01, .momentum = 0.9}}, loss));
}
