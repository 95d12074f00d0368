#pragma once
#include <koine/schedule.h>

#include <optional>
#include <source_location>
#include <string>

/// Optimisers: they turn a model and its gradient into the next model. Each is a plain value of options and state; the
/// state is a tree, saved and loaded like a model, batched by `vmap` with one, and traced by `jit`. For weights of 16
/// bits the state is float32, and the step is made in float32 and rounded once.
namespace koine::optim {

/// Leaves that are treated otherwise: `{.leaves = "*bias", .weight_decay = 0}`. A leaf belongs to the first group that
/// names it.
struct Group {
  /// A pattern of paths: * stands for any text, ? for any character.
  std::string leaves;
  /// Times the learning rate.
  double lr = 1;
  /// In place of that of the options.
  std::optional<double> weight_decay = {};
};
using Groups = std::vector<Group>;

namespace detail {
/// A leaf of a model with its gradient, which is undefined where there is none.
struct Leaf {
  Array* param;
  Array grad;
  double lr = 1;
  std::optional<double> weight_decay = {};
};
using Leaves = std::vector<Leaf>;
/// Gives each leaf what its group says. Throws ValueError for a group that names no leaf.
void assign_groups(Leaves& leaves, const std::vector<std::string>& paths, const Groups& groups);

template <class M>
Leaves leaves(M& model, const M& grad, const Groups& groups) {
  Leaves list;
  std::vector<std::string> paths;
  tree::zip(model, grad, [&](Array& param, const Array& g, const tree::Path& path) {
    list.push_back({&param, g});
    if (!groups.empty()) paths.push_back(path.str());
  });
  if (!groups.empty()) assign_groups(list, paths, groups);
  return list;
}
/// Leaves of 16 bits in float32, and gradients too, while a step is made: where the bits are few a small number of the
/// state vanishes, and its root or a quotient with it.
class WideLeaves {
 public:
  explicit WideLeaves(Leaves leaves);
  Leaves& list() { return leaves_; }
  /// Gives the leaves what was made of them.
  void finish();

 private:
  Leaves leaves_;
  /// What stands for a leaf that is not wide itself, and that leaf.
  std::vector<Array> wide_;
  std::vector<Array*> narrow_;
};
/// All leaves that a gradient would have.
template <class M>
Leaves trained(M& model) {
  Leaves list;
  tree::for_each(model, [&](Array& leaf, const tree::Path& path) {
    bool has = leaf.defined() && path.role() != Role::state && is_inexact(leaf.dtype());
    list.push_back({&leaf, has ? leaf : Array()});
  });
  return list;
}
}  // namespace detail

/// What every optimiser has:
///  - `step(model, grad)` updates the leaves that have a gradient; its ops belong to the line that calls it. Throws
///    ValueError when the trees differ, or when the state belongs to another model.
///  - `init(model)` makes the state that the first step would make, so that a saved one can be loaded into it.
#define KOINE_OPTIMIZER                                                                              \
  template <class M>                                                                                 \
  void step(M& model, const M& grad, std::source_location where = std::source_location::current()) { \
    SourceScope scope(where);                                                                        \
    detail::WideLeaves wide(detail::leaves(model, grad, options.groups));                            \
    update(wide.list());                                                                             \
    wide.finish();                                                                                   \
  }                                                                                                  \
  template <class M>                                                                                 \
  void init(M& model) {                                                                              \
    prepare(detail::trained(model));                                                                 \
  }                                                                                                  \
  void update(detail::Leaves leaves);                                                                \
  void prepare(const detail::Leaves& leaves);

struct SgdOptions {
  Schedule lr = 1e-2;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;
  Groups groups = {};
};
/// Stochastic gradient descent, with PyTorch's momentum: v = momentum * v + g; p -= lr * v.
struct Sgd {
  SgdOptions options = {};
  std::vector<Array> velocity = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct AdamOptions {
  Schedule lr = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  /// Divide by the largest mean of squares so far (Reddi et al., 2018).
  bool amsgrad = false;
  Groups groups = {};
};
/// Adam (Kingma and Ba, 2015) with bias correction; weight decay is added to the gradient, as in PyTorch.
struct Adam {
  AdamOptions options = {};
  std::vector<Array> mean = {}, square = {}, largest = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct AdamWOptions {
  Schedule lr = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  Groups groups = {};
};
/// Adam with weight decay apart from the gradient: p -= lr * weight_decay * p (Loshchilov and Hutter, 2019).
struct AdamW {
  AdamWOptions options = {};
  std::vector<Array> mean = {}, square = {}, largest = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct AdamaxOptions {
  Schedule lr = 2e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Groups groups = {};
};
/// Adam with the largest gradient in place of the mean of squares (Kingma and Ba, 2015).
struct Adamax {
  AdamaxOptions options = {};
  std::vector<Array> mean = {}, norm = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct RmspropOptions {
  Schedule lr = 1e-2;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  /// Take the square of the mean gradient from the mean of squares.
  bool centered = false;
  double weight_decay = 0;
  Groups groups = {};
};
/// The gradient over the root of the running mean of its squares (Hinton, 2012); `centered` as Graves, 2013.
struct Rmsprop {
  RmspropOptions options = {};
  std::vector<Array> square = {}, mean = {}, velocity = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct AdagradOptions {
  Schedule lr = 1e-2;
  /// Divides the learning rate by 1 + lr_decay * step.
  double lr_decay = 0;
  double epsilon = 1e-10;
  /// What the sums of squares begin with.
  double initial = 0;
  double weight_decay = 0;
  Groups groups = {};
};
/// The gradient over the root of the sum of its squares (Duchi et al., 2011).
struct Adagrad {
  AdagradOptions options = {};
  std::vector<Array> square = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct AdadeltaOptions {
  Schedule lr = 1;
  double rho = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0;
  Groups groups = {};
};
/// Steps in the units of the weights (Zeiler, 2012).
struct Adadelta {
  AdadeltaOptions options = {};
  std::vector<Array> square = {}, change = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

struct LionOptions {
  Schedule lr = 1e-4;
  double beta1 = 0.9, beta2 = 0.99;
  /// Apart from the gradient, as in AdamW.
  double weight_decay = 0;
  Groups groups = {};
};
/// The sign of an interpolated momentum (Chen et al., 2023).
struct Lion {
  LionOptions options = {};
  std::vector<Array> mean = {};
  Array steps = {};
  KOINE_OPTIMIZER
};

#undef KOINE_OPTIMIZER

}  // namespace koine::optim
