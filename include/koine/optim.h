#pragma once
#include <koine/array.h>
#include <koine/tree.h>

/// Optimisers: they turn a model and its gradient into the next model. Their state is a tree, saved like a model.
namespace koine::optim {

namespace detail {
/// The leaves of a model that have a gradient, and the model's leaves by their number.
struct Pair {
  Array* param;
  Array grad;
};
template <class M>
std::vector<Pair> pairs(M& model, const M& grad) {
  std::vector<Pair> list;
  tree::zip(model, grad, [&](Array& param, const Array& g) { list.push_back({&param, g}); });
  return list;
}
}  // namespace detail

struct SgdOptions {
  double lr = 1e-2;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;
};
/// Stochastic gradient descent, with PyTorch's momentum: v = momentum * v + g; p -= lr * v.
struct Sgd {
  SgdOptions options = {};
  std::vector<Array> velocity = {};

  /// Updates every leaf of the model that has a gradient. Throws ValueError when the trees differ.
  template <class M>
  void step(M& model, const M& grad) {
    update(detail::pairs(model, grad));
  }
  void update(std::vector<detail::Pair> leaves);
};

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};
/// Adam (Kingma and Ba 2015) with bias correction; weight decay is added to the gradient, as in PyTorch.
struct Adam {
  AdamOptions options = {};
  std::vector<Array> mean = {}, square = {};
  int64_t steps = 0;

  template <class M>
  void step(M& model, const M& grad) {
    update(detail::pairs(model, grad));
  }
  void update(std::vector<detail::Pair> leaves);
};

}  // namespace koine::optim
