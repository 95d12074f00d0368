#include <koine/nn/model.h>
#include <koine/transform.h>

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

Initializer glorot_normal(int64_t fan_in, int64_t fan_out) {
  return {Initializer::Kind::normal, std::sqrt(2 / static_cast<double>(fan_in + fan_out))};
}
Initializer he_uniform(int64_t fan_in) {
  return {Initializer::Kind::uniform, std::sqrt(6 / static_cast<double>(fan_in))};
}
Initializer lecun_normal(int64_t fan_in) {
  return {Initializer::Kind::normal, std::sqrt(1 / static_cast<double>(fan_in))};
}
Initializer truncated_normal(double deviation) { return {Initializer::Kind::truncated_normal, deviation}; }
Initializer orthogonal(double factor) { return {Initializer::Kind::orthogonal, factor}; }

namespace {

// Normal numbers within two deviations: the inverse of the distribution function between its values there.
Array truncated(const Key& key, const Shape& shape, DType dtype) {
  const double bound = std::erf(std::sqrt(2.0));
  const Array u = uniform(key, {.shape = shape, .dtype = dtype, .low = -bound, .high = bound});
  return minimum(maximum(erfinv(u) * std::sqrt(2.0), -2), 2);
}

// The rows of a matrix that is not higher than wide, made orthogonal one after the other; twice, because once leaves
// rounding errors of a large condition.
Array orthogonal_rows(const Array& rows) {
  const int64_t count = rows.size(0);
  auto [done, unused] = scan(
      [](const Array& before, const std::pair<Array, Array>& row) {
        Array v = row.first;
        for (int pass = 0; pass < 2; ++pass) v = v - matmul(matmul(before, v), before);
        v = v / sqrt(sum(square(v)));
        return std::pair(before + expand_dims(row.second, 1) * v, v);
      },
      zeros_like(rows), std::pair(rows, eye(count, rows.dtype())));
  return done;
}

Array orthogonal_matrix(const Key& key, const Shape& shape, DType dtype) {
  if (shape.size() < 2) throw ShapeError("[orthogonal] takes at least two axes, got shape " + to_string(shape));
  const Dim columns = shape.back(), rows = floor_div(count(shape), columns);
  const bool wide = rows <= columns;
  const Array drawn = normal(key, {.shape = wide ? Shape{rows, columns} : Shape{columns, rows}, .dtype = dtype});
  const Array q = orthogonal_rows(drawn);
  return reshape(wide ? q : swapaxes(q, 0, 1), {.shape = shape});
}

}  // namespace

Array Variable::initial(const Key& key) const {
  double scale = initializer_.scale;
  switch (initializer_.kind) {
    case Initializer::Kind::uniform:
      return uniform(key, {.shape = shape_, .dtype = dtype_, .low = -scale, .high = scale});
    case Initializer::Kind::normal:
      return normal(key, {.shape = shape_, .dtype = dtype_}) * scale;
    case Initializer::Kind::truncated_normal:
      return truncated(key, shape_, dtype_) * scale;
    case Initializer::Kind::orthogonal:
      return orthogonal_matrix(key, shape_, dtype_) * scale;
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
