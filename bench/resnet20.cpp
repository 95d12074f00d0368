#include "numbers.h"
#include "timing.h"

#include <optional>

/// One step of training ResNet-20 for CIFAR with batch normalisation, SGD with momentum, batch 64, as in
/// shared/peers/resnet20.py; a plain loop without jit.
using namespace koine;

namespace {

struct ConvNorm {
  nn::Conv conv;
  nn::BatchNorm norm;
  ConvNorm(int64_t in, int64_t out, int64_t kernel, int64_t stride)
      : conv{.in = in,
             .out = out,
             .kernel = {kernel, kernel},
             .stride = {stride, stride},
             .padding = nn::same_padding({kernel, kernel}),
             .use_bias = false},
        norm{out} {}
  KOINE_TREE(ConvNorm, conv, norm)
  Array operator()(const Array& x, nn::Context& context) const { return norm(conv(x), context); }
};

struct Block {
  ConvNorm one, two;
  std::optional<ConvNorm> project;
  Array operator()(const Array& x, nn::Context& context) const {
    Array y = two(relu(one(x, context)), context);
    return relu(y + (project ? (*project)(x, context) : x));
  }
};

struct Resnet {
  ConvNorm stem{3, 16, 3, 1};
  std::vector<Block> blocks;
  nn::Linear head{64, 10};
  Array operator()(Array x, nn::Context& context) const {
    x = relu(stem(x, context));
    for (const Block& block : blocks) x = block(x, context);
    return head(mean(x, {.axis = {1, 2}}));
  }
};

Resnet resnet() {
  Resnet model;
  int64_t in = 16;
  for (int64_t width : {16, 32, 64})
    for (int i = 0; i < 3; ++i) {
      int64_t stride = width != in ? 2 : 1;
      Block block{{in, width, 3, stride}, {width, width, 3, 1}, {}};
      if (width != in) block.project.emplace(in, width, 1, stride);
      model.blocks.push_back(std::move(block));
      in = width;
    }
  bench::Weights weights;
  auto set = [&](ConvNorm& layer) {
    weights.set(layer.conv);
    layer.norm = nn::init(nn::BatchNorm{layer.norm.size}, Key{0});
    weights.skip(2);
  };
  set(model.stem);
  for (Block& block : model.blocks) {
    set(block.one);
    set(block.two);
    if (block.project) set(*block.project);
  }
  weights.set(model.head);
  return model;
}

}  // namespace

int main() {
  Resnet model = resnet();
  Array x = moveaxis(bench::normal(0, {64, 3, 32, 32}), 1, -1);
  x.data();
  Array y = bench::RandomState(0).integers(10, {64}), loss;
  optim::Sgd sgd{{.lr = 0.01, .momentum = 0.9}};
  auto step = [&] {
    auto [value, grad] = value_and_grad(
        [&](const Resnet& m) {
          nn::Context context{Key{0}};
          Array out = mean(cross_entropy(m(x, context), y));
          return std::pair(out, context.commit(m));
        },
        model);
    model = value.second;
    sgd.step(model, grad);
    loss = value.first;
    loss.data();
  };
  bench::report("resnet20", {step, [&] { return loss.item<double>(); }});
}
