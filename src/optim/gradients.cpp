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
  for (const Array* leaf : leaves) {
    const Array size = is_complex(leaf->dtype()) ? abs(*leaf) : *leaf;
    const Array part = sum(square(size.dtype() == float64 ? size : cast(size, {.dtype = float32})));
    total = total.defined() ? total + part : part;
  }
  return total.defined() ? sqrt(total) : zeros({});
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
