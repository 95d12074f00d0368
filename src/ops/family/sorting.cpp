#include "ops/family/sorting.h"

#include "base/dtype_traits.h"
#include "base/format.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace koine::ops {

void check_ordered(DType dtype) {
  if (is_complex(dtype)) throw DTypeError(cat(name(dtype), " elements have no order"));
}

namespace {

template <class W>
void order_line(const std::vector<W>& line, bool descending, std::vector<int64_t>& order) {
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t i, int64_t j) {
    W a = line[static_cast<size_t>(i)], b = line[static_cast<size_t>(j)];
    if constexpr (std::is_same_v<W, double>)
      if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
    return descending ? b < a : a < b;
  });
}

}  // namespace

void order_reference(const ir::TensorRef& x, int64_t axis, bool descending, int64_t k, const ir::TensorRef* values,
                     const ir::TensorRef* places) {
  auto place = static_cast<size_t>(static_cast<int64_t>(x.shape.size()) + axis);
  int64_t n = x.shape[place], before = 1, after = 1, size = static_cast<int64_t>(size_of(x.dtype));
  for (size_t d = 0; d < place; ++d) before *= x.shape[d];
  for (size_t d = place + 1; d < x.shape.size(); ++d) after *= x.shape[d];
  auto sort_lines = [&](auto tag) {
    using W = typename decltype(tag)::type;
    std::vector<W> line(static_cast<size_t>(n));
    std::vector<int64_t> order(line.size());
    for (int64_t o = 0; o < before; ++o)
      for (int64_t i = 0; i < after; ++i) {
        const std::byte* from = x.data + (o * n * after + i) * size;
        for (int64_t j = 0; j < n; ++j) load_wide(x.dtype, from + j * after * size, 1, &line[static_cast<size_t>(j)]);
        order_line(line, descending, order);
        for (int64_t j = 0; j < k; ++j) {
          int64_t to = (o * k + j) * after + i, found = order[static_cast<size_t>(j)];
          if (values && values->data)
            std::memcpy(values->data + to * size, from + found * after * size, static_cast<size_t>(size));
          if (places && places->data) places->as<int64_t>()[to] = found;
        }
      }
  };
  switch (wide_kind(x.dtype)) {
    case WideKind::signed_integer:
      return sort_lines(TypeTag<int64_t>{});
    case WideKind::unsigned_integer:
      return sort_lines(TypeTag<uint64_t>{});
    default:
      return sort_lines(TypeTag<double>{});
  }
}

Arrays ordered_jvp(const RuleInput& node, int64_t axis, Tangents tangents) {
  return {take_along_axis(tangents[0], node.out[1], {.axis = axis}), Array()};
}

Arrays ordered_vjp(const RuleInput& node, int64_t axis, Tangents cotangents) {
  return {put_along_axis_add(zeros_like(node.in[0]), node.out[1], cotangents[0], {.axis = axis})};
}

}  // namespace koine::ops
