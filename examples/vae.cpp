// A variational autoencoder (Kingma and Welling, 2014) of hand-written digits: it learns two numbers for each image,
// and to draw an image from two numbers.
#include <koine/koine.h>

using namespace koine;

struct Vae {
  nn::Linear in{64, 128}, mean{128, 2}, spread{128, 2};  // the logarithm of the variance
  nn::Linear back{2, 128}, out{128, 64};

  Array draw(const Array& z) const { return sigmoid(out(tanh(back(z)))); }
};

// What an image costs: how badly it is drawn again, and how far its two numbers are from a normal distribution.
train::Judged loss(const Vae& vae, const data::Batch& batch, nn::Context& context) {
  const Array hidden = tanh(vae.in(batch.x));
  const Array mean = vae.mean(hidden), spread = vae.spread(hidden);
  // In evaluation the mean itself, which is the best guess.
  const Array z =
      context.training() ? mean + exp(spread / 2) * normal(context.next_key(), {.shape = mean.shape()}) : mean;
  const Array drawn = vae.draw(z);
  const Array wrong = sum(square(drawn - batch.x), {.axis = 1}) * 10;
  const Array far = sum(square(mean) + exp(spread) - spread - 1, {.axis = 1}) / 2;
  return {koine::mean(wrong + far), drawn};
}

int main(int argc, char** argv) {
  auto [seen, unseen] = data::csv(argc > 1 ? argv[1] : "data/digits.csv.gz", {.scale = 1 / 16.0}).split(1347);
  Vae vae = nn::init(Vae{}, Key{0});
  optim::Adam adam{{.lr = 3e-3}};
  train::fit(vae, adam, seen, loss, {.epochs = 40, .show = train::Show::nothing});

  nn::Context evaluation;
  const Array drawn = loss(vae, {unseen.x, {}}, evaluation).output;
  const double explained =
      1 - (mean(square(drawn - unseen.x)) / mean(square(unseen.x - mean(seen.x, {.axis = 0})))).item<double>();

  // A digit that nobody wrote, drawn from two numbers.
  const std::vector<float> image = vae.draw(reshape(array({0.5, -0.5}), {.shape = {1, 2}})).to_vector<float>();
  for (size_t row = 0; row < 8; ++row) {
    std::string line;
    for (size_t column = 0; column < 8; ++column)
      line += " .:-=+*#%@"[static_cast<size_t>(image[row * 8 + column] * 9.99f)];
    print(line);
  }
  print("of what differs between images two numbers explain", explained);
  return explained > 0.3 ? 0 : 1;
}
