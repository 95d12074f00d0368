#include <koine/gradients.h>

namespace koine::optim {

namespace detail {

std::vector<Array*> defined_leaves(tree::Ref tree) {
  std::vector<Array*> list;
  tree::for_each(tree, [&](Array& leaf) {
    if (leaf.defined()) list.push_back(&leaf);
  });
  return list;
}

Array global_norm(const std::vector<Array*>& leaves) {
  Array total;
  bool wide = false;
  for (const Array* leaf : leaves) {
    const Array size = is_complex(leaf->dtype()) ? abs(*leaf) : *leaf;
    wide = wide || size.dtype() == float64;
    // As float64, where the squares of large and small numbers have room.
    const Array part = sum(square(cast(size, {.dtype = float64})));
    total = total.defined() ? total + part : part;
  }
  if (!total.defined()) return zeros({});
  // At 0 the slope of the root is infinite, and that of the norm is taken to be 0.
  const Array norm = where(total > 0, sqrt(where(total > 0, total, 1)), total);
  return wide ? norm : cast(norm, {.dtype = float32});
}

Array all_finite(const std::vector<Array*>& leaves) {
  Array finite;
  for (const Array* leaf : leaves) {
    Array part = koine::all(isfinite(*leaf), {});
    finite = finite.defined() ? finite & part : part;
  }
  return finite.defined() ? finite : full({.shape = {}, .value = true, .dtype = bool_});
}

void scale(const std::vector<Array*>& leaves, const Array& factor) {
  for (Array* leaf : leaves) *leaf = *leaf * cast(factor, {.dtype = leaf->dtype()});
}

Array wide(const Array& x) {
  return size_of(x.dtype()) == 2 && is_floating(x.dtype()) ? cast(x, {.dtype = float32}) : x;
}

Array averaged(const Array& average, Array& wide_average, const Array& leaf, double decay) {
  const Array now = wide(leaf);
  if (decay == 0) {
    if (now.dtype() != leaf.dtype()) wide_average = now;
    return leaf;
  }
  if (now.dtype() == leaf.dtype()) return average + (leaf - average) * (1 - decay);
  const Array before = wide_average.defined() ? wide_average : wide(average);
  wide_average = before + (now - before) * (1 - decay);
  return cast(wide_average, {.dtype = leaf.dtype()});
}

}  // namespace detail

Array LossScale::of(const Array& loss) {
  begin();
  return cast(loss, {.dtype = float32}) * factor;
}

void LossScale::begin() {
  if (factor.defined()) return;
  factor = from(std::vector<float>{static_cast<float>(options.initial)}, {});
  good = from(std::vector<int64_t>{0}, {});
}

void LossScale::adjust(const Array& finite) {
  Array next = good + 1, grown = next == options.interval;
  factor = where(finite, where(grown, factor * options.growth, factor), factor * options.backoff);
  good = where(finite & ~grown, next, 0);
}

}  // namespace koine::optim
