#pragma once
#include <koine/array.h>
#include <koine/schedule.h>
#include <koine/transform.h>
#include <koine/tree.h>

#include <utility>
#include <vector>

namespace koine::optim {

namespace detail {
/// A function that gives a loss and its gradient, without its type. Does not own the function.
class Evaluate {
 public:
  using Result = std::pair<double, std::vector<Array>>;
  template <class F>
  explicit Evaluate(F& f) : self_(&f), call_([](void* self) -> Result { return (*static_cast<F*>(self))(); }) {}
  Result operator()() const { return call_(self_); }

 private:
  void* self_;
  Result (*call_)(void* self);
};
}  // namespace detail

struct LbfgsOptions {
  /// By calls of `step`.
  Schedule lr = 1;
  /// Of one call of `step`.
  int64_t iterations = 20;
  /// How many moves the curvature is learnt from.
  int64_t history = 10;
  /// It ends when no element of the gradient is larger, and when no element of a move or the loss changes by more.
  double gradient_tolerance = 1e-7, change_tolerance = 1e-9;
  /// Halve a move until the loss falls enough (Armijo, 1966). Without, moves are as long as lr says, as in PyTorch's
  /// default.
  bool line_search = true;
};

/// Limited-memory BFGS (Nocedal, 1980) for a loss that is the same at every call: all examples at once, no dropout. It
/// reads values, so it is not for `jit`. Its state is float64, of one size from the beginning.
struct Lbfgs {
  LbfgsOptions options = {};
  /// The last moves of the weights, and how the gradient changed by each; zeros while there are fewer.
  std::vector<Array> moves = {}, changes = {};
  /// The last direction and gradient; the length of the last move along it (0 before the first), the scale of the
  /// curvature, how many moves are kept, and the calls of `step`.
  Array direction = {}, gradient = {}, numbers = {};

  /// `fit` calls its `step` with the loss, not with a gradient.
  static constexpr bool takes_loss() { return true; }

  /// Makes the state that the first step would make, so that a saved one can be loaded into it.
  template <class M>
  void init(M& model) {
    prepare(trained(model));
  }

  /// Makes up to `iterations` moves; `loss(model)` gives a scalar. Gives the last loss that was computed. Throws
  /// ValueError when the loss is not a number at the beginning.
  template <class M, class F>
  double step(M& model, F loss) {
    auto evaluate = [&] {
      auto [value, grad] = value_and_grad(loss, model);
      return std::pair(koine::detail::scalar_of(value).template item<double>(), tree::leaves(grad));
    };
    return minimize(trained(model), detail::Evaluate(evaluate));
  }

 private:
  // One a leaf, null for those that are not trained.
  template <class M>
  static std::vector<Array*> trained(M& model) {
    std::vector<Array*> params;
    tree::for_each(model, [&](Array& leaf, const tree::Path& path) {
      bool has = leaf.defined() && path.role() != Role::state && is_floating(leaf.dtype());
      params.push_back(has ? &leaf : nullptr);
    });
    return params;
  }
  void prepare(const std::vector<Array*>& params);
  double minimize(const std::vector<Array*>& params, const detail::Evaluate& evaluate);
};

}  // namespace koine::optim
