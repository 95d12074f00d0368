#pragma once
#include <koine/nn/linear.h>
#include <koine/nn/norm.h>

#include <optional>

/// Attention and Transformers. Sequences are (batch, length, size). A mask broadcasts to (batch, heads, queries, keys):
/// a bool array is true where a query sees a key, a floating one is added to the scores.
namespace koine::nn {

/// The mask for sequences of these lengths, padded to `length`: (batch, 1, 1, length).
Array padding_mask(const Arg& lengths, int64_t length);

struct ScaledDotProductOptions {
  /// As in `attention`.
  Array mask = {};
  double dropout = 0;
  /// For dropout.
  Array key = {};
  bool causal = false;
  /// 1 / sqrt(dim) when left out.
  std::optional<double> scale = {};
};
/// `attention` in PyTorch's layout, (batch, heads, length, dim), (batch, length, dim) or (length, dim).
Array scaled_dot_product_attention(const Arg& query, const Arg& key, const Arg& value,
                                   const ScaledDotProductOptions& options = {});

/// Several attentions next to each other, between linear maps (Vaswani et al., 2017).
struct MultiHeadAttention {
  int64_t size = 0, heads = 1;
  /// Position i sees the positions 0 to i only.
  bool causal = false;
  /// Of the weights of attention, in training.
  double dropout = 0;
  bool use_bias = true;
  /// Fewer than `heads` share keys and values between neighbouring heads (Ainslie et al., 2023); divides `heads`.
  int64_t key_heads = heads;
  Linear query{size, size, use_bias};
  Linear key{size, heads > 0 ? size / heads* key_heads : 0, use_bias};
  Linear value{size, heads > 0 ? size / heads* key_heads : 0, use_bias};
  Linear out{size, size, use_bias};

  /// Self-attention; the mask may be empty.
  Array operator()(const Arg& x, const Array& mask, Context& context) const { return attend(x, x, mask, context); }
  Array operator()(const Arg& x, Context& context) const { return attend(x, x, {}, context); }
  /// In evaluation.
  Array operator()(const Arg& x, const Array& mask = {}) const;
  /// Queries of x, keys and values of `memory`. Throws ShapeError unless `heads` divides `size`.
  Array attend(const Arg& x, const Arg& memory, const Array& mask, Context& context) const;
};

/// Self-attention and two linear maps, each added to what it takes: a Transformer's encoder, or with `causal` what a
/// language model is made of.
struct TransformerBlock {
  int64_t size = 0, heads = 1;
  int64_t hidden = 4 * size;
  bool causal = false;
  /// Of the weights of attention, of the hidden values and of what is added, in training.
  double dropout = 0;
  /// Normalise before (Xiong et al., 2020) instead of after.
  bool norm_first = true;
  Activation activation = Activation("gelu");
  MultiHeadAttention attention{.size = size, .heads = heads, .causal = causal, .dropout = dropout};
  LayerNorm attention_norm{size}, hidden_norm{size};
  Linear in{size, hidden}, out{hidden, size};

  Array operator()(const Arg& x, const Array& mask, Context& context) const;
  Array operator()(const Arg& x, Context& context) const { return (*this)(x, Array(), context); }
  /// In evaluation.
  Array operator()(const Arg& x, const Array& mask = {}) const;
};

/// The same with attention to another sequence, `memory`, in between: a Transformer's decoder.
struct TransformerDecoderBlock {
  int64_t size = 0, heads = 1;
  int64_t hidden = 4 * size;
  bool causal = true;
  double dropout = 0;
  bool norm_first = true;
  Activation activation = Activation("gelu");
  MultiHeadAttention attention{.size = size, .heads = heads, .causal = causal, .dropout = dropout};
  MultiHeadAttention memory_attention{.size = size, .heads = heads, .dropout = dropout};
  LayerNorm attention_norm{size}, memory_norm{size}, hidden_norm{size};
  Linear in{size, hidden}, out{hidden, size};

  /// `mask` is for x, `memory_mask` for memory; both may be empty.
  Array operator()(const Arg& x, const Arg& memory, const Array& mask, const Array& memory_mask,
                   Context& context) const;
};

/// Adds a vector for each position, learnt: (batch, up to `length`, size).
struct PositionEmbedding {
  int64_t length = 0, size = 0;
  Param weight{{length, size}, {Initializer::Kind::normal, 0.02}};

  /// Throws ShapeError for a longer sequence.
  Array operator()(const Arg& x) const;
};
/// Sines and cosines of the positions (Vaswani et al., 2017): (length, size), sines at even places.
Array sinusoidal_positions(int64_t length, int64_t size, DType dtype = float32);

}  // namespace koine::nn
