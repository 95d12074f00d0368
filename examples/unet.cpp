// A small U-Net (Ronneberger et al., 2015) that finds discs among noise and squares: for each pixel whether it is of
// one.
#include <koine/koine.h>
#include <koine/train.h>

using namespace koine;

constexpr int64_t side = 16;

nn::Conv conv(int64_t in, int64_t out) { return {.in = in, .out = out, .padding = nn::same_padding({3, 3})}; }

// What is seen small, from afar, is joined with what is seen close by.
struct UNet {
  nn::Conv close = conv(1, 8), afar = conv(8, 16), deep = conv(16, 16);
  nn::ConvTranspose back{.in = 16, .out = 8, .kernel = {2, 2}, .stride = {2, 2}};
  nn::Conv joined = conv(16, 8), out = conv(8, 2);
  nn::MaxPool half;

  Array operator()(const Array& x) const {
    const Array near = relu(close(x));
    const Array far = relu(deep(relu(afar(half(near)))));
    return out(relu(joined(concatenate({near, relu(back(far))}, {.axis = -1}))));
  }
};

// Images (n, side, side, 1) with a disc and a square each, and of each pixel whether it is the disc's.
data::Dataset shapes(int64_t n, Key key) {
  const auto keys = key.split(6);
  const auto each = [&](int64_t which, double low, double high) {
    return uniform(keys[static_cast<size_t>(which)], {.shape = {n, 1, 1}, .low = low, .high = high});
  };
  const Array y = reshape(arange(side), {.shape = {1, side, 1}}), x = reshape(arange(side), {.shape = {1, 1, side}});
  const Array disc = square(y - each(0, 3, 13)) + square(x - each(1, 3, 13)) < square(each(2, 2, 4));
  const Array box = (abs(y - each(3, 3, 13)) < 2.5) & (abs(x - each(4, 3, 13)) < 2.5);
  const Array image = where(disc | box, 1.0, 0.0) + normal(keys[5], {.shape = {n, side, side}}) * 0.3;
  return {expand_dims(image, 3), cast(disc, {.dtype = int64})};
}

int main() {
  const data::Dataset seen = shapes(600, Key{1}), unseen = shapes(100, Key{2});
  UNet net = nn::init(UNet{}, Key{0});
  optim::Adam adam{{.lr = 5e-3}};
  const auto loss = train::supervised([](const Array& out, const Array& y) { return mean(cross_entropy(out, y)); });
  train::fit(net, adam, seen, loss, {.epochs = 20, .batch = 20, .show = train::Show::nothing});

  const Array found = argmax(net(unseen.x), {.axis = -1}) == 1, is = unseen.y == 1;
  const auto count = [](const Array& pixels) { return sum(cast(pixels, {.dtype = float32})).item<double>(); };
  const double overlap = count(found & is) / count(found | is);
  print("the discs and what is found of them overlap by", overlap);
  return overlap > 0.6 ? 0 : 1;
}
