#pragma once
#include <koine/key.h>
#include <koine/ops.h>
#include <koine/tree.h>

#include <tuple>
#include <utility>

/// Layers. A model is a plain aggregate of layers: a tree whose leaves are parameters and state. `init` fills them.
/// A call is a pure function of the model and its input; what it needs besides, such as a key, and where new state
/// goes is a `Context`.
namespace koine::nn {

/// How a parameter begins.
struct Initializer {
  enum class Kind : uint8_t { constant, uniform, normal };
  Kind kind = Kind::constant;
  /// The constant; the bound of a uniform in [-scale, scale); the standard deviation.
  double scale = 0;
};
/// Uniform in +-1/sqrt(fan_in): what PyTorch gives a Linear and a Conv.
Initializer fan_in_uniform(int64_t fan_in);
/// Glorot and Bengio 2010, uniform in +-sqrt(6 / (fan_in + fan_out)).
Initializer glorot_uniform(int64_t fan_in, int64_t fan_out);
/// He et al. 2015, normal with deviation sqrt(2 / fan_in).
Initializer he_normal(int64_t fan_in);
inline Initializer constant(double value) { return {Initializer::Kind::constant, value}; }

/// An array of a model that `init` fills: its shape and how it begins.
class Variable : public Array {
 public:
  Variable() = default;
  Variable(Shape shape, Initializer initializer, DType dtype = float32)
      : shape_(std::move(shape)), initializer_(initializer), dtype_(dtype), declared_(true) {}
  Variable& operator=(const Array& value) {
    Array::operator=(value);
    return *this;
  }
  /// False for one that the layer does not use, such as a bias that was switched off.
  bool declared() const { return declared_; }
  /// The first value, which depends on the key alone.
  Array initial(const Key& key) const;
  const Shape& declared_shape() const { return shape_; }

 private:
  Shape shape_;
  Initializer initializer_;
  DType dtype_ = float32;
  bool declared_ = false;
};
/// A leaf that is trained.
struct Param : Variable {
  static constexpr Role role = Role::param;
  using Variable::operator=;
  using Variable::Variable;
};
/// A leaf that the model keeps and that is not trained.
struct State : Variable {
  static constexpr Role role = Role::state;
  using Variable::operator=;
  using Variable::Variable;
};

/// Gives leaf number `number` of a model its first value when it is declared.
void init_leaf(Array& leaf, const tree::Path& path, const Key& key, int64_t number);
/// The model with every parameter and state at its first value. Leaf number i follows from `fold_in(key, i)`.
template <class M>
M init(M model, const Key& key) {
  int64_t number = 0;
  tree::for_each(model, [&](Array& leaf, const tree::Path& path) { init_leaf(leaf, path, key, number++); });
  return model;
}

/// What a call needs besides model and input. Training and evaluation differ by it alone.
class Context {
 public:
  /// For evaluation.
  Context() = default;
  /// For training; the key is for what is random in it.
  explicit Context(Key key) : training_(true), key_(std::move(key)) {}

  bool training() const { return training_; }
  /// A key that no other call of this context gets. Throws ValueError in a context without one.
  Key next_key(std::source_location where = std::source_location::current());
  /// Says what a state becomes. The model itself does not change.
  void update(const State& state, const Array& value);
  /// The model with the new states. Inside a function that is transformed, return it from there.
  template <class M>
  M commit(M model) const {
    tree::for_each(model, [&](Array& leaf) { commit_leaf(leaf); });
    return model;
  }

 private:
  void commit_leaf(Array& leaf) const;

  bool training_ = false;
  Key key_;
  int64_t drawn_ = 0;
  std::vector<std::pair<Array, Array>> updates_;
};

/// A layer, or any function of an array, with or without a context.
template <class L>
Array apply(const L& layer, const Array& x, Context& context) {
  if constexpr (requires { layer(x, context); })
    return layer(x, context);
  else
    return layer(x);
}

/// x W + b: (..., in) to (..., out).
struct Linear {
  int64_t in = 0, out = 0;
  bool use_bias = true;
  Param weight{{in, out}, fan_in_uniform(in)};
  Param bias = use_bias ? Param{{out}, fan_in_uniform(in)} : Param{};

  Array operator()(const Arg& x) const;
};

/// Convolution of (batch, spatial..., in) with a window of the given sizes, to (batch, spatial..., out).
struct Conv {
  int64_t in = 0, out = 0;
  Ints kernel = {3, 3};
  Ints stride = {};
  /// (low, high) for each spatial axis; `same_padding(kernel)` keeps the size.
  Ints padding = {};
  Ints dilation = {};
  int64_t groups = 1;
  bool use_bias = true;
  Param weight{weight_shape(kernel, in / groups, out), fan_in_uniform(fan_in(kernel, in / groups))};
  Param bias = use_bias ? Param{{out}, fan_in_uniform(fan_in(kernel, in / groups))} : Param{};

  Array operator()(const Arg& x) const;

  static Shape weight_shape(const Ints& kernel, int64_t in, int64_t out);
  static int64_t fan_in(const Ints& kernel, int64_t in);
};
/// The padding that keeps the size at stride 1.
Ints same_padding(const Ints& kernel, const Ints& dilation = {});

/// Normalises the last axis, then scales and shifts it (Ba et al. 2016).
struct LayerNorm {
  int64_t size = 0;
  double epsilon = 1e-5;
  Param scale{{size}, constant(1)};
  Param bias{{size}, constant(0)};

  Array operator()(const Arg& x) const;
};

/// Normalises every channel (the last axis) by the batch in training, and by the running statistics otherwise
/// (Ioffe and Szegedy 2015). The running variance is the unbiased one, as in PyTorch.
struct BatchNorm {
  int64_t size = 0;
  double epsilon = 1e-5;
  /// How much of the batch's statistics the running ones take over at each step.
  double momentum = 0.1;
  Param scale{{size}, constant(1)};
  Param bias{{size}, constant(0)};
  State mean{{size}, constant(0)};
  State variance{{size}, constant(1)};

  Array operator()(const Arg& x, Context& context) const;
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

struct MaxPool {
  Ints window = {2, 2};
  /// The window's when empty.
  Ints stride = {};
  Ints padding = {};

  Array operator()(const Arg& x) const;
};
struct AveragePool {
  Ints window = {2, 2};
  Ints stride = {};
  Ints padding = {};

  Array operator()(const Arg& x) const;
};

/// (batch, ...) to (batch, all the rest).
struct Flatten {
  Array operator()(const Arg& x) const;
};

/// A function of one array by its name: relu, gelu, silu, tanh, sigmoid, softmax, identity.
/// Throws ValueError with a suggestion for a name that is not known.
class Activation {
 public:
  Activation() = default;
  explicit Activation(std::string name);
  Array operator()(const Arg& x) const;
  const std::string& name() const { return name_; }
  KOINE_TREE(Activation, name_)

 private:
  std::string name_ = "identity";
};

/// Layers one after the other: `Sequential{Linear{64, 128}, Activation("relu"), Linear{128, 10}}`.
template <class... L>
struct Sequential {
  std::tuple<L...> layers;

  explicit Sequential(L... list) : layers(std::move(list)...) {}
  KOINE_TREE(Sequential, layers)

  Array operator()(const Arg& x, Context& context) const {
    SourceScope scope(x.where());
    Array y = x.is_array() ? x.array() : scalar_array(x.number());
    std::apply([&](const auto&... layer) { ((y = apply(layer, y, context)), ...); }, layers);
    return y;
  }
  /// In evaluation.
  Array operator()(const Arg& x) const {
    Context context;
    return (*this)(x, context);
  }
};

/// One line of a summary: a leaf, or a layer's result.
struct SummaryRow {
  std::string path;
  Shape shape;
  DType dtype;
  Role role;
};
template <class M>
std::vector<SummaryRow> summary(const M& model) {
  std::vector<SummaryRow> rows;
  tree::for_each(model, [&](const Array& leaf, const tree::Path& path) {
    if (leaf.defined()) rows.push_back({path.str(), leaf.shape(), leaf.dtype(), path.role()});
  });
  return rows;
}

}  // namespace koine::nn
