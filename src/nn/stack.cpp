#include <koine/stack.h>

#include <limits>

namespace koine::nn {

namespace {

/// Sequences that are filled up: how long each is, and how long all are made. Not defined when nothing is known.
struct Lengths {
  Array each;
  int64_t steps = 0;

  bool are_of(const Array& x) const { return each.defined() && x.rank() == 3 && same(x.shape()[1], steps); }
  // (batch, steps, 1): whether a step is one.
  Array alive() const { return expand_dims(expand_dims(arange(steps), 0) < expand_dims(each, 1), 2); }
  Array mask() const { return padding_mask(each, steps); }
};

template <class L>
Array call(const L& layer, std::span<const Array> values, const Lengths& lengths, Context& context) {
  if constexpr (std::is_same_v<L, Join>) {
    return layer(values);
  } else {
    const Array& x = values[0];
    const bool filled_up = lengths.are_of(x);
    if constexpr (std::is_same_v<L, TransformerDecoderBlock>) {
      const bool memory = lengths.are_of(values[1]);
      return layer(x, values[1], filled_up ? lengths.mask() : Array(), memory ? lengths.mask() : Array(), context);
    } else if constexpr (std::is_same_v<L, MultiHeadAttention>) {
      const Array& memory = values.size() > 1 ? values[1] : x;
      return layer.attend(x, memory, lengths.are_of(memory) ? lengths.mask() : Array(), context);
    } else if constexpr (std::is_same_v<L, TransformerBlock>) {
      return layer(x, filled_up ? lengths.mask() : Array(), context);
    } else if constexpr (std::is_same_v<L, Lstm> || std::is_same_v<L, Gru>) {
      return layer(x, filled_up ? lengths.each : Array(), context);
    } else if constexpr (std::is_same_v<L, LastStep>) {
      return last_step(x, filled_up ? lengths.each : Array());
    } else if constexpr (std::is_same_v<L, GlobalAveragePool>) {
      if (!filled_up) return layer(x);
      return sum(where(lengths.alive(), x, 0), {.axis = 1}) / expand_dims(cast(lengths.each, {.dtype = x.dtype()}), 1);
    } else if constexpr (std::is_same_v<L, GlobalMaxPool>) {
      return layer(filled_up ? where(lengths.alive(), x, -std::numeric_limits<double>::infinity()) : x);
    } else {
      return apply(layer, x, context);
    }
  }
}

}  // namespace

Array Stack::operator()(const Arg& x, Context& context) const {
  std::vector<Array> values{x.is_array() ? x.array() : scalar_array(x.number())};
  Lengths lengths;
  if (padding != none && values[0].rank() == 2) {
    const SourceScope scope(x.where());
    // A sequence of nothing counts as one step, so that there is a last one and a mean.
    lengths = {maximum(sum(cast(values[0] != padding, {.dtype = int64}), {.axis = 1}), 1), values[0].size(1)};
  }
  std::vector<Array> taken;
  for (size_t i = 0; i < layers.size(); ++i) {
    const SourceScope scope(i < lines.size() ? lines[i] : x.where());
    taken.clear();
    if (i < inputs.size())
      for (const int64_t number : inputs[i]) {
        if (number < 0 || number > static_cast<int64_t>(i))
          throw ValueError("[Stack] layer " + std::to_string(i) + " takes value " + std::to_string(number) +
                           ", which does not stand before it");
        taken.push_back(values[static_cast<size_t>(number)]);
      }
    if (taken.empty()) taken.push_back(values.back());
    values.push_back(std::visit([&](const auto& layer) { return call(layer, taken, lengths, context); }, layers[i]));
  }
  return values.back();
}
Array Stack::operator()(const Arg& x) const {
  Context context;
  return (*this)(x, context);
}

Stack init(Stack model, const Key& key) {
  int64_t number = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const SourceScope scope(i < model.lines.size() ? model.lines[i] : std::source_location::current());
    tree::for_each(model.layers[i], [&](Array& leaf, const tree::Path& path) { init_leaf(leaf, path, key, number++); });
  }
  return model;
}

}  // namespace koine::nn
