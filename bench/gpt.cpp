#include "numbers.h"
#include "training.h"

/// One step of training a GPT on characters, 4 layers, 256 wide, 8 heads, 128 positions, batch 8, AdamW, as in
/// shared/peers/gpt.py; a plain loop without jit.
using namespace koine;

namespace {

constexpr int64_t width = 256, heads = 8, length = 128, batch = 8, vocabulary = 96;

struct Block {
  nn::LayerNorm norm1{width};
  nn::Linear qkv{width, 3 * width}, out{width, width};
  nn::LayerNorm norm2{width};
  nn::Linear up{width, 4 * width}, down{4 * width, width};
  Array operator()(Array x) const {
    Array parts = reshape(qkv(norm1(x)), {.shape = {batch, length, 3, heads, width / heads}});
    auto part = [&](int64_t i) { return parts.at(all, all, i); };
    Array mixed = attention(part(0), part(1), part(2), {.causal = true});
    x = x + out(reshape(mixed, {.shape = {batch, length, width}}));
    return x + down(gelu(up(norm2(x)), {.approximate = true}));
  }
};

struct Gpt {
  nn::Param token{{vocabulary, width}, {}}, position{{length, width}, {}};
  std::vector<Block> blocks = std::vector<Block>(4);
  nn::LayerNorm norm{width};
  nn::Linear head{width, vocabulary, false};
  Array operator()(const Array& tokens) const {
    Array x = embedding(token, tokens) + position;
    for (const Block& block : blocks) x = block(x);
    return head(norm(x));
  }
};

Gpt gpt() {
  Gpt model = nn::init(Gpt{}, Key{0});
  bench::Weights weights;
  model.token = weights.next(model.token.declared_shape());
  model.position = weights.next(model.position.declared_shape());
  for (Block& block : model.blocks) {
    weights.skip(2);
    weights.set(block.qkv);
    weights.set(block.out);
    weights.skip(2);
    weights.set(block.up);
    weights.set(block.down);
  }
  weights.skip(2);
  weights.set(model.head);
  return model;
}

}  // namespace

int main() {
  Gpt model = gpt();
  Array tokens = bench::RandomState(0).integers(vocabulary, {batch, length + 1});
  Array x = tokens.at(all, Slice{0, length}), y = tokens.at(all, Slice{1, none});
  x.data();
  y.data();
  auto loss = [=](const Gpt& m) { return mean(cross_entropy(m(x), y)); };
  bench::report("gpt", bench::training(model, optim::AdamW{{.lr = 3e-4, .weight_decay = 0.1}}, loss));
}
