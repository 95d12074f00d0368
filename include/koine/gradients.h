#pragma once
#include <koine/ops.h>
#include <koine/tree.h>

#include <utility>
#include <vector>

/// What is done with gradients and weights between the backward pass and the next step.
namespace koine::optim {

namespace detail {
std::vector<Array*> defined_leaves(tree::Ref tree);
Array global_norm(const std::vector<Array*>& leaves);
Array all_finite(const std::vector<Array*>& leaves);
void scale(const std::vector<Array*>& leaves, const Array& factor);
/// The average after a leaf; `wide` is it in float32 where the leaf has 16 bits.
Array averaged(const Array& average, Array& wide, const Array& leaf, double decay);
/// float16 and bfloat16 in float32: what many small numbers are added to in them stands still.
Array wide(const Array& x);
}  // namespace detail

/// The Euclidean norm of all leaves together, a scalar of float32 or, when a leaf is, float64.
template <class T>
Array global_norm(T tree) {
  return detail::global_norm(detail::defined_leaves(tree));
}

template <class T>
struct Clipped {
  T grad;
  /// Before clipping.
  Array norm;
};
/// The gradient with its global norm at most `limit`, as PyTorch's clip_grad_norm_. Throws ValueError unless the limit
/// is above 0.
template <class T>
Clipped<T> clip_by_norm(T grad, double limit) {
  if (!(limit > 0)) throw ValueError("[clip_by_norm] the limit is above 0, got " + std::to_string(limit));
  std::vector<Array*> leaves = detail::defined_leaves(grad);
  Array norm = detail::global_norm(leaves);
  detail::scale(leaves, minimum(limit / (norm + 1e-6), 1));
  return {std::move(grad), norm};
}
/// The gradient with every element in [-limit, limit].
template <class T>
T clip_by_value(T grad, double limit) {
  for (Array* leaf : detail::defined_leaves(grad)) *leaf = minimum(maximum(*leaf, -limit), limit);
  return grad;
}

/// The mean of the gradients of several small batches, as if they had been one: `add` each, then `take`. Kept in
/// float32 where gradients have 16 bits.
template <class T>
class Accumulator {
 public:
  /// The weight is the number of examples that the gradient is the mean of; left out, all batches are of one size.
  /// Throws ValueError when the trees differ, and for a weight below 0.
  void add(const T& grad, double weight = 1) {
    if (!(weight >= 0)) throw ValueError("[add] the weight is at least 0, got " + std::to_string(weight));
    weight_ += weight;
    if (count_++ == 0 || weight_ == weight) {  // what came before counts for nothing
      mean_ = grad;
      for (Array* leaf : detail::defined_leaves(mean_)) *leaf = detail::wide(*leaf);
      return;
    }
    if (weight == 0) return;
    const double part = weight / weight_;
    mean_ = tree::map(std::move(mean_), grad, [part](const Array& mean, const Array& g) {
      return g.defined() ? mean + (detail::wide(g) - mean) * part : mean;
    });
  }
  int64_t count() const { return count_; }
  /// The mean so far; begins anew. Throws ValueError when nothing was added.
  T take() {
    if (count_ == 0) throw ValueError("[take] no gradient was added");
    count_ = 0;
    weight_ = 0;
    return std::move(mean_);
  }
  KOINE_TREE(Accumulator, mean_, weight_, count_)

 private:
  T mean_ = {};
  double weight_ = 0;
  int64_t count_ = 0;
};

/// An exponential average of weights, often better than the last ones: average = decay * average + (1 - decay) * model.
/// The first update takes the model as it is. State of the model, such as running statistics, is not averaged but the
/// last one, and neither are integers. Averages of weights of 16 bits are kept in float32 beside the model.
template <class M>
struct Average {
  double decay = 0.999;
  M model = {};
  bool begun = false;
  /// In the order of the leaves; undefined for those whose average is the model's leaf itself.
  std::vector<Array> wide = {};

  void update(const M& now) {
    if (!begun) model = now;
    size_t number = 0;
    tree::zip(model, now, [&](Array& average, const Array& leaf, const tree::Path& path) {
      if (wide.size() <= number) wide.emplace_back();
      const bool mean = leaf.defined() && path.role() != Role::state && is_inexact(leaf.dtype());
      average = mean ? detail::averaged(average, wide[number], leaf, begun ? decay : 0) : leaf;
      ++number;
    });
    begun = true;
  }
};

struct LossScaleOptions {
  double initial = 65536;
  /// Times this after `interval` steps without an overflow.
  double growth = 2;
  /// Times this after an overflow.
  double backoff = 0.5;
  int64_t interval = 2000;
};
/// Keeps the gradients of float16 from vanishing (Micikevicius et al., 2018), for models with weights in float32 that
/// compute in float16: differentiate `scale.of(loss)`, then `step` in place of the optimiser's own. A step with a
/// gradient that is not finite changes nothing but the scale.
struct LossScale {
  LossScaleOptions options = {};
  Array factor = {};
  /// Steps since the last change.
  Array good = {};

  Array of(const Array& loss);
  /// Gives whether the step was made, a bool array. Works under `jit`. Throws DTypeError for weights of less than 32
  /// bits.
  template <class O, class M>
  Array step(O& optimizer, M& model, M grad) {
    begin();
    std::vector<Array*> leaves = detail::defined_leaves(grad);
    Array finite = detail::all_finite(leaves);
    detail::scale(leaves, 1 / factor);
    optimizer.init(model);
    M next = model;
    O after = optimizer;
    after.step(next, grad);
    auto choose = [&](Array& old, const Array& now) {
      if (now.defined()) old = where(finite, now, old);
    };
    tree::zip(model, next, choose);
    tree::zip(optimizer, after, choose);
    adjust(finite);
    return finite;
  }

 private:
  void begin();
  void adjust(const Array& finite);
};

}  // namespace koine::optim
