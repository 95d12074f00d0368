#include <koine/nn/attention.h>

#include "nn/filled.h"

#include <cmath>

namespace koine::nn {

namespace {

Array dropped(const Array& x, double rate, Context& context) {
  return rate > 0 && context.training() ? dropout(x, context.next_key(), {.rate = rate}) : x;
}

const Array& sequence(const Arg& x, int64_t size, const char* layer) {
  if (!x.is_array() || x.array().rank() != 3 || !same(x.array().shape()[2], size))
    throw ShapeError(std::string("[") + layer + "] takes (batch, length, " + std::to_string(size) + ")" +
                     (x.is_array() ? ", got shape " + to_string(x.array().shape()) : "") + at_line());
  return x.array();
}

Array by_head(const Array& x, int64_t heads) {
  const Shape& shape = x.shape();
  return reshape(x, {.shape = {shape[0], shape[1], heads, floor_div(shape[2], heads)}});
}

// The op, with weights of which some are dropped: they have to be at hand for that.
Array attention_with_dropout(const Array& q, const Array& k, const Array& v, const Array& mask, bool causal,
                             double rate, Context& context) {
  const int64_t queries = q.size(1), keys = k.size(1), heads = q.size(2), shared = heads / k.size(2);
  const auto wide = [&](const Array& x) {
    if (shared == 1) return x;
    Shape shape = x.shape();
    shape.insert(3, shared);
    const Array repeated = broadcast_to(expand_dims(x, 3), {.shape = shape});
    return reshape(repeated, {.shape = {shape[0], shape[1], heads, shape[4]}});
  };
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
  Array scores = einsum("bqhd,bkhd->bhqk", {q * scale, wide(k)});
  Array seen = mask;
  if (causal) {
    const Array before = arange(keys) <= expand_dims(arange(queries), 1);
    seen = seen.defined() ? seen & before : before;
  }
  if (seen.defined()) scores = where(broadcast_to(seen, {.shape = scores.shape()}), scores, -1e30);
  Array weights = softmax(scores);
  if (seen.defined()) weights = where(broadcast_to(seen, {.shape = scores.shape()}), weights, 0);
  return einsum("bhqk,bkhd->bqhd", {dropped(weights, rate, context), wide(v)});
}

}  // namespace

Array padding_mask(const Arg& lengths, int64_t length) {
  SourceScope scope(lengths.where());
  if (!lengths.is_array() || lengths.array().rank() != 1)
    throw ShapeError("[padding_mask] takes one length for each sequence" + at_line());
  const Array seen = arange(length) < expand_dims(lengths, 1);
  return reshape(seen, {.shape = {lengths.array().shape()[0], 1, 1, length}});
}

Array MultiHeadAttention::attend(const Arg& x, const Arg& memory, const Array& mask, Context& context) const {
  SourceScope scope(x.where());
  if (heads < 1 || size % heads != 0 || key_heads < 1 || heads % key_heads != 0)
    throw ShapeError("[MultiHeadAttention] " + std::to_string(heads) + " heads with keys of " +
                     std::to_string(key_heads) + " do not divide size " + std::to_string(size) + at_line());
  const Array from = sequence(x, size, "MultiHeadAttention"), to = sequence(memory, size, "MultiHeadAttention");
  const Array q = by_head(query(from), heads), k = by_head(key(to), key_heads), v = by_head(value(to), key_heads);
  const Array seen = dropout > 0 && context.training() ? attention_with_dropout(q, k, v, mask, causal, dropout, context)
                     : mask.defined()                  ? attention(q, k, v, mask, {.causal = causal})
                                                       : attention(q, k, v, {.causal = causal});
  return out(reshape(seen, {.shape = from.shape()}));
}

Array MultiHeadAttention::operator()(const Arg& x, const Array& mask) const {
  Context context;
  return attend(x, x, mask, context);
}

Array TransformerBlock::operator()(const Arg& arg, const Array& mask, Context& context) const {
  SourceScope scope(arg.where());
  Array x = sequence(arg, size, "TransformerBlock");
  const auto seen = [&](const Array& y) { return dropped(attention(y, mask, context), dropout, context); };
  const auto mapped = [&](const Array& y) {
    return dropped(out(dropped(activation(in(y)), dropout, context)), dropout, context);
  };
  if (norm_first) {
    x = x + seen(attention_norm(x));
    return x + mapped(hidden_norm(x));
  }
  x = attention_norm(x + seen(x));
  return hidden_norm(x + mapped(x));
}

Array TransformerBlock::operator()(const Arg& x, const Array& mask) const {
  Context context;
  return (*this)(x, mask, context);
}

Array TransformerDecoderBlock::operator()(const Arg& arg, const Arg& memory, const Array& mask,
                                          const Array& memory_mask, Context& context) const {
  SourceScope scope(arg.where());
  Array x = sequence(arg, size, "TransformerDecoderBlock");
  const auto own = [&](const Array& y) { return dropped(attention(y, mask, context), dropout, context); };
  const auto other = [&](const Array& y) {
    return dropped(memory_attention.attend(y, memory, memory_mask, context), dropout, context);
  };
  const auto mapped = [&](const Array& y) {
    return dropped(out(dropped(activation(in(y)), dropout, context)), dropout, context);
  };
  if (norm_first) {
    x = x + own(attention_norm(x));
    x = x + other(memory_norm(x));
    return x + mapped(hidden_norm(x));
  }
  x = attention_norm(x + own(x));
  x = memory_norm(x + other(x));
  return hidden_norm(x + mapped(x));
}

Array PositionEmbedding::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  const Array& x = sequence(arg, size, "PositionEmbedding");
  if (x.size(1) > length)
    throw ShapeError("[PositionEmbedding] a sequence of " + std::to_string(x.size(1)) + " positions, there are " +
                     std::to_string(length) + at_line());
  return x + filled(weight, "PositionEmbedding").at(Slice{0, x.size(1)});
}

Array sinusoidal_positions(int64_t length, int64_t size, DType dtype) {
  std::vector<double> table;
  for (int64_t position = 0; position < length; ++position)
    for (int64_t i = 0; i < size; ++i) {
      const double rate = std::pow(10000.0, -static_cast<double>(i - i % 2) / static_cast<double>(size));
      const double angle = static_cast<double>(position) * rate;
      table.push_back(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return cast(from(table, {length, size}), {.dtype = dtype});
}

}  // namespace koine::nn
