#pragma once
#include <koine/nn.h>

#include <variant>

/// Models whose layers are chosen at run time, as from a config file.
namespace koine::nn {

/// A layer of a kind that is known only at run time.
using Layer = std::variant<Linear, Conv, LayerNorm, BatchNorm, Dropout, MaxPool, AveragePool, Flatten, Activation,
                           RmsNorm, GroupNorm, GlobalAveragePool, GlobalMaxPool, Embedding, PositionEmbedding, Lstm,
                           Gru, LastStep, TransformerBlock>;
/// Layers one after the other, chosen at run time.
struct Stack {
  std::vector<Layer> layers;

  Array operator()(const Arg& x, Context& context) const;
  Array operator()(const Arg& x) const;
};

}  // namespace koine::nn
