#pragma once
#include "backend/cpu/math/log.h"

/// Logarithms of sums and quotients that are known to twice the precision, so that nothing is lost near 0 and 1.
namespace koine::backend::cpu::math {

/// log(y + sqrt(y^2 + c)) for c = 1 or -1; of y above `huge` log(2 y), which is the same.
template <class V>
KOINE_INLINE V log_of_root(V y, double c) {
  constexpr double huge = is_float<V> ? 0x1p30 : 0x1p500;
  Pair<V> square = two_product(y, y);
  Pair<V> sum = two_sum(square.high, V(c));
  V root = sqrt(sum.high);
  Pair<V> back = two_product(root, root);
  V missing = (sum.high - back.high) + ((sum.low + square.low) - back.low);
  Pair<V> all = two_sum(y, root);
  all.low = all.low + select(root == V(0.0), V(0.0), missing / (root + root));
  auto far = y > V(huge);
  Pair<V> argument = {select(far, y, all.high), select(far, V(0.0), all.low)};
  V result = log_of_sum(argument, select(far, V(1.0), V(0.0)));
  return select(y < V(FormatOf<V>::infinity), result, y);
}
template <class V>
KOINE_INLINE V asinh(V x) {
  constexpr double tiny = is_float<V> ? 0x1p-13 : 0x1p-27;
  V y = abs(x);
  return select(y < V(tiny), x, signed_as(log_of_root(y, 1), x));
}
template <class V>
KOINE_INLINE V acosh(V x) {
  return select(x < V(1.0), V(__builtin_nan("")), log_of_root(x, -1));
}
/// atanh(y) = log(1 + 2 y / (1 - y)) / 2
template <class V>
KOINE_INLINE V atanh(V x) {
  constexpr double tiny = is_float<V> ? 0x1p-13 : 0x1p-27;
  V y = abs(x), one = 1.0, twice = y + y;
  Pair<V> below = two_sum(one, -y);
  V quotient = twice / below.high;
  Pair<V> back = two_product(quotient, below.high);
  V missing = ((twice - back.high) - back.low) - quotient * below.low;
  Pair<V> sum = two_sum(one, quotient);
  sum.low = sum.low + missing / below.high;
  V result = V(0.5) * log_of_sum(sum, V(0.0));
  result = select(y < one, result, select(y == one, V(FormatOf<V>::infinity), V(__builtin_nan(""))));
  return select(y < V(tiny), x, signed_as(result, x));
}

}  // namespace koine::backend::cpu::math
