#pragma once
#include <koine/nn/model.h>

#include <tuple>

/// Layers of layers.
namespace koine::nn {

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

/// x + layer(x) (He et al., 2016).
template <class L>
struct Residual {
  L layer;

  Array operator()(const Arg& x, Context& context) const {
    SourceScope scope(x.where());
    return x + apply(layer, x.array(), context);
  }
  /// In evaluation.
  Array operator()(const Arg& x) const {
    Context context;
    return (*this)(x, context);
  }
};
template <class L>
Residual(L) -> Residual<L>;

}  // namespace koine::nn
