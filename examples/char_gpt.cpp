// A character GPT: a Transformer that reads a text and then writes some of its own.
#include <koine/koine.h>

#include <iostream>
#include <string>

using namespace koine;

// What it learns, over and over; any text would do.
const std::string text =
    "the owl and the cat went to sea in a boat. the cat and the owl sang of stars and of a moon. "
    "the moon sang to the sea and the sea to the boat. the boat and the stars sang of the owl and the cat. ";
const std::string letters = "abcdefghijklmnopqrstuvwxyz. ";

std::vector<nn::TransformerBlock> blocks_of(size_t count, int64_t size) {
  nn::TransformerBlock block{.size = size, .heads = 4, .causal = true};
  return std::vector<nn::TransformerBlock>(count, block);
}

struct Gpt {
  int64_t length = 32, size = 48;
  nn::Embedding letter{static_cast<int64_t>(letters.size()), size};
  nn::PositionEmbedding position{length, size};
  std::vector<nn::TransformerBlock> blocks = blocks_of(2, size);
  nn::LayerNorm norm{size};
  nn::Linear out{size, static_cast<int64_t>(letters.size())};

  // The scores of what follows each letter: (batch, time) to (batch, time, letters).
  Array operator()(const Array& x) const {
    Array y = position(letter(x));
    for (const nn::TransformerBlock& block : blocks) y = block(y);
    return out(norm(y));
  }
};

int main() {
  std::vector<int64_t> numbers;
  for (const char c : text) numbers.push_back(static_cast<int64_t>(letters.find(c)));
  const int64_t count = static_cast<int64_t>(numbers.size());
  Array all = from(numbers, {count});

  Gpt model = nn::init(Gpt{}, Key{0});
  constexpr int64_t steps = 250, batch = 16;
  optim::AdamW adam{{.lr = optim::cosine(3e-3, steps).after_warmup(20)}};
  auto loss = [](const Gpt& gpt, const Array& x, const Array& y) { return mean(cross_entropy(gpt(x), y)); };
  auto learn = jit([&](Gpt gpt, optim::AdamW optimizer, const Array& x, const Array& y) {
    auto [value, grad] = value_and_grad<0>(loss)(gpt, x, y);
    optimizer.step(gpt, optim::clip_by_norm(grad, 1.0).grad);
    return std::tuple(value, gpt, optimizer);
  });
  adam.init(model);
  double last = 0;
  for (int64_t step = 0; step < steps; ++step) {
    // Pieces of the text from random places; what is to be learnt is the letter after each.
    Array begin =
        cast(uniform(Key{1}.fold_in(step), {.shape = {batch, 1}}) * (count - model.length - 1), {.dtype = int64});
    Array places = begin + arange(model.length);
    Array value;
    std::tie(value, model, adam) =
        learn(model, adam, gather(all, places, {.axis = 0}), gather(all, places + 1, {.axis = 0}));
    last = value.item<double>();
    if (step % 50 == 0 || step == steps - 1) std::cout << "step " << step << "  loss " << last << std::endl;
  }

  // It writes a letter at a time, each the likeliest after those before.
  std::string written = "the owl";
  while (written.size() < 120) {
    const int64_t from_place = std::max<int64_t>(0, static_cast<int64_t>(written.size()) - model.length);
    std::vector<int64_t> seen;
    for (const char c : written.substr(static_cast<size_t>(from_place)))
      seen.push_back(static_cast<int64_t>(letters.find(c)));
    const int64_t length = static_cast<int64_t>(seen.size());
    Array scores = model(from(seen, {1, length}));
    written += letters[static_cast<size_t>(argmax(scores.at(0, length - 1)).item<int64_t>())];
  }
  std::cout << written << std::endl;
  return last < 0.5 ? 0 : 1;
}
