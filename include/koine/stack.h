#pragma once
#include <koine/nn.h>

#include <variant>

/// Models whose layers are chosen at run time, as from a config file.
namespace koine::nn {

/// A layer of a kind that is known only at run time.
using Layer = std::variant<Linear, Conv, LayerNorm, BatchNorm, Dropout, MaxPool, AveragePool, Flatten, Activation,
                           RmsNorm, GroupNorm, GlobalAveragePool, GlobalMaxPool, Embedding, PositionEmbedding, Lstm,
                           Gru, LastStep, TransformerBlock, ConvTranspose, MultiHeadAttention, TransformerDecoderBlock,
                           Reshape, Channels, Upsample, Cast, Join, Standardize>;
/// Layers chosen at run time: one after the other, or as a graph.
struct Stack {
  std::vector<Layer> layers;
  /// The values that each layer takes: 0 is what the call is given, i + 1 what layer i gives. Each stands before the
  /// layer, so that there is no cycle. Where a layer has none, and for all when this is empty, it takes the one before.
  std::vector<std::vector<int64_t>> inputs = {};
  /// The number that fills sequences of integers up at their end, or `none`: layers along the steps then pass over what
  /// is filled up.
  int64_t padding = none;
  /// What errors and profiles name for each layer in place of the line of the call; empty for that line.
  std::vector<std::source_location> lines = {};

  /// What the last layer gives. Throws ValueError for inputs that do not stand before their layer.
  Array operator()(const Arg& x, Context& context) const;
  Array operator()(const Arg& x) const;
};

/// As `init` of any model, where errors name the lines of the layers too.
Stack init(Stack model, const Key& key);

}  // namespace koine::nn
