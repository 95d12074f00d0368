#pragma once
#include <koine/koine.h>

#include <cmath>
#include <random>
#include <vector>

/// The numbers that the peers start from: numpy.random.RandomState's, from the Mersenne Twister.
namespace bench {

class RandomState {
 public:
  explicit RandomState(uint32_t seed) : bits_(seed) {}

  /// Normal numbers by Marsaglia's polar method, float32, times `scale`.
  koine::Array normal(const koine::Shape& shape, double scale = 1) {
    std::vector<float> values(static_cast<size_t>(count(shape).value()));
    for (float& value : values) value = static_cast<float>(gauss() * scale);
    return koine::from(values, shape);
  }
  koine::Array integers(uint32_t below, const koine::Shape& shape) {
    uint32_t mask = 1;
    while (mask < below - 1) mask = 2 * mask + 1;
    std::vector<int32_t> values(static_cast<size_t>(count(shape).value()));
    for (int32_t& value : values) {
      uint32_t bits = 0;
      do bits = static_cast<uint32_t>(bits_()) & mask;
      while (bits >= below);
      value = static_cast<int32_t>(bits);
    }
    return koine::from(values, shape);
  }

 private:
  double uniform() {
    auto high = static_cast<double>(bits_() >> 5), low = static_cast<double>(bits_() >> 6);
    return (high * 67108864 + low) / 9007199254740992;
  }
  double gauss() {
    if (has_next_) {
      has_next_ = false;
      return next_;
    }
    double x = 0, y = 0, square = 0;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double factor = std::sqrt(-2 * std::log(square) / square);
    next_ = factor * x;
    has_next_ = true;
    return factor * y;
  }

  std::mt19937 bits_;
  double next_ = 0;
  bool has_next_ = false;
};

inline koine::Array normal(uint32_t seed, const koine::Shape& shape, double scale = 1) {
  return RandomState(seed).normal(shape, scale);
}

/// First values of layers as the peers number them: every array of a model has a number, from 1; kernels are normal and
/// scaled by their fan-in, biases are zero.
class Weights {
 public:
  koine::Array next(const koine::Shape& shape) {
    double fan_in = 1;
    for (size_t i = 0; i + 1 < shape.size(); ++i) fan_in *= static_cast<double>(shape[i].value());
    return normal(number_++, shape, 1 / std::sqrt(fan_in));
  }
  /// Passes over arrays that begin with ones or zeros.
  void skip(uint32_t count) { number_ += count; }
  /// A layer with a weight and perhaps a bias.
  template <class L>
  void set(L& layer) {
    layer.weight = next(layer.weight.declared_shape());
    if (!layer.bias.declared()) return;
    layer.bias = koine::zeros(layer.bias.declared_shape());
    skip(1);
  }

 private:
  uint32_t number_ = 1;
};

}  // namespace bench
