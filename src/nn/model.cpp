#include <koine/nn.h>

#include <cmath>

/// How models get their first values, and how their state changes.
namespace koine::nn {

Initializer fan_in_uniform(int64_t fan_in) {
  return {Initializer::Kind::uniform, fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0};
}
Initializer glorot_uniform(int64_t fan_in, int64_t fan_out) {
  return {Initializer::Kind::uniform, std::sqrt(6 / static_cast<double>(fan_in + fan_out))};
}
Initializer he_normal(int64_t fan_in) {
  return {Initializer::Kind::normal, std::sqrt(2 / static_cast<double>(fan_in))};
}

Array Variable::initial(const Key& key) const {
  double scale = initializer_.scale;
  switch (initializer_.kind) {
    case Initializer::Kind::uniform:
      return uniform(key, {.shape = shape_, .dtype = dtype_, .low = -scale, .high = scale});
    case Initializer::Kind::normal:
      return normal(key, {.shape = shape_, .dtype = dtype_}) * scale;
    default:
      return full({.shape = shape_, .value = scale, .dtype = dtype_});
  }
}

void init_leaf(Array& leaf, const tree::Path& path, const Key& key, int64_t number) {
  const Variable* variable = path.leaf<Param>();
  if (!variable) variable = path.leaf<State>();
  if (variable && variable->declared()) leaf = variable->initial(Key(fold_in(key, number)));
}

Key Context::next_key(std::source_location where) {
  if (!key_.defined())
    throw ValueError("[context] a random layer needs a key: make the context with nn::Context(key)" + at_line(where));
  return Key(fold_in(key_, drawn_++));
}

void Context::update(const State& state, const Array& value) { updates_.emplace_back(state, value); }

// A state is recognised by the array it held when the update was made.
void Context::commit_leaf(Array& leaf) const {
  for (const auto& [old, value] : updates_)
    if (leaf.defined() && leaf.out() == old.out()) {
      leaf = value;
      return;
    }
}

}  // namespace koine::nn
