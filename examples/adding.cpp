// A Transformer that learns to add: it reads "27+58=" and writes "085", digit by digit. The sums it is judged by are
// not among those that it learns from.
#include <koine/koine.h>

#include <string>

using namespace koine;

const std::string symbols = "0123456789+=";
constexpr int64_t length = 8;  // "27+58=58": what it reads, and the answer but for its last digit

std::vector<nn::TransformerBlock> blocks_of(size_t count, int64_t size) {
  return std::vector<nn::TransformerBlock>(count, nn::TransformerBlock{.size = size, .heads = 4, .causal = true});
}

struct Adder {
  int64_t size = 64;
  nn::Embedding symbol{static_cast<int64_t>(symbols.size()), size};
  nn::PositionEmbedding position{length, size};
  std::vector<nn::TransformerBlock> blocks = blocks_of(2, size);
  nn::LayerNorm norm{size};
  nn::Linear out{size, 10};

  // The scores of the three digits of the answer: (batch, length) to (batch, 3, 10).
  Array operator()(const Array& x) const {
    Array y = position(symbol(x));
    for (const nn::TransformerBlock& block : blocks) y = block(y);
    return out(norm(y)).at(all, Slice{5, 8});
  }
};

// The answer is written from the end, the way people add.
data::Dataset sums(bool for_judging) {
  std::vector<int64_t> x, y;
  for (int64_t a = 0; a < 100; ++a)
    for (int64_t b = 0; b < 100; ++b) {
      if (((a * 100 + b) * 7919 % 10007 % 5 == 0) != for_judging) continue;
      const int64_t sum = a + b, digits[] = {sum % 10, sum / 10 % 10, sum / 100};
      for (const int64_t one : {a / 10, a % 10, int64_t{10}, b / 10, b % 10, int64_t{11}, digits[0], digits[1]})
        x.push_back(one);
      y.insert(y.end(), digits, digits + 3);
    }
  const auto n = static_cast<int64_t>(y.size()) / 3;
  return {from(x, {n, length}), from(y, {n, 3})};
}

int main() {
  const data::Dataset seen = sums(false), unseen = sums(true);
  Adder model = nn::init(Adder{}, Key{0});
  optim::AdamW adam{{.lr = optim::one_cycle(5e-3, 9 * 63), .weight_decay = 0.01}};
  const auto loss = train::supervised([](const Array& out, const Array& y) { return mean(cross_entropy(out, y)); });
  train::fit(model, adam, seen, loss, {.epochs = 9, .batch = 128, .clip_norm = 1, .show = train::Show::nothing});

  // It writes the answer by itself, each digit after those that it wrote before.
  Array x = unseen.x.at(all, Slice{0, 6}), written;
  for (int digit = 0; digit < 3; ++digit) {
    const int64_t behind = length - x.size(1);
    const Array whole =
        behind > 0 ? concatenate({x, zeros({x.size(0), behind}, int64)}, {.axis = 1}) : x.at(all, Slice{0, length});
    const Array next = expand_dims(argmax(model(whole), {.axis = -1}).at(all, digit), 1);
    x = concatenate({x, next}, {.axis = 1});
    written = digit == 0 ? next : concatenate({written, next}, {.axis = 1});
  }
  const double right = mean(cast(koine::all(written == unseen.y, {.axis = 1}), {.dtype = float32})).item<double>();
  print("sums never seen that are right", right);
  return right > 0.9 ? 0 : 1;
}
