#pragma once
#include <koine/key.h>
#include <koine/ops.h>
#include <koine/tree.h>

#include <utility>

/// What a model is: a tree whose leaves are parameters and state.
namespace koine::nn {

/// How a parameter begins.
struct Initializer {
  enum class Kind : uint8_t { constant, uniform, normal, truncated_normal, orthogonal };
  Kind kind = Kind::constant;
  /// The constant; the bound of a uniform in [-scale, scale); the standard deviation; the factor.
  double scale = 0;
};
/// Uniform in +-1/sqrt(fan_in): what PyTorch gives a Linear and a Conv.
Initializer fan_in_uniform(int64_t fan_in);
/// Glorot and Bengio 2010, uniform in +-sqrt(6 / (fan_in + fan_out)).
Initializer glorot_uniform(int64_t fan_in, int64_t fan_out);
/// The same, normal with deviation sqrt(2 / (fan_in + fan_out)).
Initializer glorot_normal(int64_t fan_in, int64_t fan_out);
/// He et al. 2015, normal with deviation sqrt(2 / fan_in).
Initializer he_normal(int64_t fan_in);
/// The same deviation, uniform.
Initializer he_uniform(int64_t fan_in);
/// LeCun et al. 1998, normal with deviation sqrt(1 / fan_in).
Initializer lecun_normal(int64_t fan_in);
/// Normal, drawn within two deviations of 0.
Initializer truncated_normal(double deviation);
/// Saxe et al. 2014: all axes but the last as one, the rows or columns, whichever are fewer, are of length `factor` and
/// orthogonal.
Initializer orthogonal(double factor = 1);
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
  const Initializer& initializer() const { return initializer_; }
  DType declared_dtype() const { return dtype_; }

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
