#include "compile/strides.h"

#include <vector>

namespace koine::compile {

Ints lengths_of(const Shape& shape) {
  Ints lengths;
  for (Dim d : shape) lengths.push_back(d.value());
  return lengths;
}

int64_t product(const Ints& lengths, size_t from, size_t to) {
  int64_t n = 1;
  for (size_t d = from; d < to; ++d) n *= lengths[d];
  return n;
}

Ints dense(const Ints& lengths, size_t rank) {
  Ints strides(lengths.size());
  int64_t step = 1;
  for (size_t d = rank; d-- > 0;) {
    strides[d] = step;
    step *= lengths[d];
  }
  return strides;
}

Ints broadcast_strides(const Ints& strides, const Ints& own, const Ints& shape) {
  Ints wide(shape.size());
  size_t extra = shape.size() - own.size();
  for (size_t d = 0; d < own.size(); ++d) wide[extra + d] = own[d] == 1 && shape[extra + d] != 1 ? 0 : strides[d];
  return wide;
}

bool equal_strides(const Ints& a, const Ints& b, const Ints& lengths) {
  for (size_t d = 0; d < lengths.size(); ++d)
    if (lengths[d] != 1 && a[d] != b[d]) return false;
  return true;
}

bool collapses(const Ints& strides, const Ints& lengths, size_t from, size_t to) {
  std::optional<int64_t> inner;
  for (size_t d = to; d-- > from;) {
    if (lengths[d] == 1) continue;
    if (inner && strides[d] != *inner) return false;
    inner = strides[d] * lengths[d];
  }
  return true;
}

std::optional<Ints> over_axes(const Ints& strides, const Ints& lengths, const Ints& others) {
  struct Axis {
    int64_t length, stride;
  };
  // From the innermost out; neighbours that lie in memory like one are one, and cut again as the others need it.
  std::vector<Axis> axes;
  int64_t places = 1;
  for (size_t d = lengths.size(); d-- > 0;) {
    places *= lengths[d];
    if (lengths[d] == 1) continue;
    if (!axes.empty() && strides[d] == axes.back().stride * axes.back().length)
      axes.back().length *= lengths[d];
    else
      axes.push_back({lengths[d], strides[d]});
  }
  if (places != product(others, 0, others.size())) return {};
  // Nothing is read of no places; strides that are not 0 say that there is nothing to read for a row either.
  if (places == 0) return dense(others, others.size());
  Ints result(others.size());
  size_t at = 0;
  for (size_t d = others.size(); d-- > 0;) {
    if (others[d] == 1) continue;
    Axis& axis = axes[at];
    if (axis.length % others[d] != 0) return {};
    result[d] = axis.stride;
    axis.stride *= others[d];
    axis.length /= others[d];
    if (axis.length == 1) ++at;
  }
  return result;
}

}  // namespace koine::compile
