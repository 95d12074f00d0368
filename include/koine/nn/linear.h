#pragma once
#include <koine/nn/model.h>

/// Layers that look at one position at a time.
namespace koine::nn {

/// x W + b: (..., in) to (..., out).
struct Linear {
  int64_t in = 0, out = 0;
  bool use_bias = true;
  Param weight{{in, out}, fan_in_uniform(in)};
  Param bias = use_bias ? Param{{out}, fan_in_uniform(in)} : Param{};

  Array operator()(const Arg& x) const;
};

/// In training sets elements to zero with probability `rate` and scales the others by 1 / (1 - rate).
struct Dropout {
  double rate = 0.5;

  Array operator()(const Arg& x, Context& context) const;
};

/// Vectors for integers.
struct Embedding {
  int64_t count = 0, size = 0;
  Param weight{{count, size}, {Initializer::Kind::normal, 1}};

  Array operator()(const Arg& indices) const;
};

/// (batch, ...) to (batch, all the rest).
struct Flatten {
  Array operator()(const Arg& x) const;
};

/// A function of one array by its name: relu, leaky_relu, relu6, elu, selu, gelu, silu, mish, softplus, softsign,
/// hardswish, tanh, sigmoid, softmax and log_softmax (over the last axis), identity. Throws ValueError with a
/// suggestion for a name that is not known.
class Activation {
 public:
  Activation() = default;
  explicit Activation(std::string name);
  Array operator()(const Arg& x) const;
  const std::string& name() const { return name_; }
  static std::vector<std::string> names();
  KOINE_TREE(Activation, name_)

 private:
  std::string name_ = "identity";
};

}  // namespace koine::nn
