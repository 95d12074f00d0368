#include <koine/nn/attention.h>

#include "nn/filled.h"

#include <cmath>
#include <string>

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

// In training some weights are dropped.
Array attend_by_head(const Array& q, const Array& k, const Array& v, const Array& mask, bool causal, double rate,
                     Context& context) {
  const AttentionAttrs how{.causal = causal, .layout = "blhd"};
  if (rate > 0 && context.training()) {
    AttentionAttrs dropping = how;
    dropping.dropout = rate;
    const Array every = mask.defined() ? mask : full({.shape = {1, 1, 1, 1}, .value = true, .dtype = bool_});
    return koine::attention(q, k, v, every, context.next_key(), dropping);
  }
  return mask.defined() ? koine::attention(q, k, v, mask, how) : koine::attention(q, k, v, how);
}

}  // namespace

Array padding_mask(const Arg& lengths, int64_t length) {
  SourceScope scope(lengths.where());
  if (!lengths.is_array() || lengths.array().rank() != 1)
    throw ShapeError("[padding_mask] takes one length for each sequence" + at_line());
  const Array seen = arange(length) < expand_dims(lengths, 1);
  return reshape(seen, {.shape = {lengths.array().shape()[0], 1, 1, length}});
}

Array scaled_dot_product_attention(const Arg& query, const Arg& key, const Arg& value,
                                   const ScaledDotProductOptions& options) {
  SourceScope scope(query.where());
  const char* name = "[scaled_dot_product_attention] ";
  if (!query.is_array() || !key.is_array() || !value.is_array())
    throw ShapeError(std::string(name) + "takes arrays" + at_line());
  const int rank = query.array().rank();
  if (rank < 2 || rank > 4 || key.array().rank() != rank || value.array().rank() != rank)
    throw ShapeError(std::string(name) + "takes (..., length, dim) with up to two axes in front, got " +
                     to_string(query.array().shape()) + ", " + to_string(key.array().shape()) + " and " +
                     to_string(value.array().shape()) + at_line());
  // (batch, heads, length, dim); of three axes the first is the batch.
  const auto whole = [&](const Array& x) {
    if (x.rank() == 4) return x;
    return x.rank() == 3 ? expand_dims(x, 1) : expand_dims(expand_dims(x, 0), 0);
  };
  Array mask = options.mask;
  if (mask.defined() && rank == 3 && mask.rank() == 3) mask = expand_dims(mask, 1);
  Array q = whole(query.array());
  double scale = options.scale.value_or(0);
  if (options.scale && scale == 0) {  // which the op takes for the usual one
    q = q * 0;
    scale = 1;
  }
  const AttentionAttrs how{.causal = options.causal, .scale = scale, .layout = "bhld", .dropout = options.dropout};
  const Array k = whole(key.array()), v = whole(value.array());
  Array y;
  if (options.dropout > 0) {
    if (!options.key.defined()) throw ValueError(std::string(name) + "dropout takes a key" + at_line());
    if (!mask.defined()) mask = full({.shape = {1, 1, 1, 1}, .value = true, .dtype = bool_});
    y = koine::attention(q, k, v, mask, options.key, how);
  } else {
    y = mask.defined() ? koine::attention(q, k, v, mask, how) : koine::attention(q, k, v, how);
  }
  Shape shape = query.array().shape();
  shape.back() = value.array().shape().back();
  return reshape(y, {.shape = shape});
}

Array MultiHeadAttention::attend(const Arg& x, const Arg& memory, const Array& mask, Context& context) const {
  SourceScope scope(x.where());
  if (heads < 1 || size % heads != 0 || key_heads < 1 || heads % key_heads != 0)
    throw ShapeError("[MultiHeadAttention] " + std::to_string(heads) + " heads with keys of " +
                     std::to_string(key_heads) + " do not divide size " + std::to_string(size) + at_line());
  const Array from = sequence(x, size, "MultiHeadAttention"), to = sequence(memory, size, "MultiHeadAttention");
  const Array q = by_head(query(from), heads), k = by_head(key(to), key_heads), v = by_head(value(to), key_heads);
  const Array seen = attend_by_head(q, k, v, mask, causal, dropout, context);
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
