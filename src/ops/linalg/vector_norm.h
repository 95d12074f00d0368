#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"
#include "ops/linalg/euclidean_norm.h"

#include <cmath>

namespace koine::ops {

struct VectorNorm : Composite {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
    double ord = 2;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes of the vectors, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep these axes with length 1"),
      field<&Attrs::ord>("ord",
                         "2: Euclidean; p: the sum of |x|^p to the power 1/p; inf and -inf: the largest and the "
                         "smallest |x|; 0: how many are not zero")};
  static constexpr auto doc =
      "The norms of vectors along axes, by default of all elements, without overflow between; the slope at 0 is 0.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1, and is real; IndexError for an "
      "axis "
      "that x does not have, ValueError for the largest or smallest of no elements.";
  static constexpr auto example =
      ">>> kn.linalg.vector_norm(kn.asarray([3.0, 4.0]))\n"
      "array(5.0)";
  static void normalize(Attrs& a, const TypeInput& in) {
    a.axis = axes_from_end(a.axis, in.shape(0));
    if (std::isnan(a.ord)) throw ValueError("ord is NaN");
  }
  static Array body(Array x, const Attrs& a) {
    if (a.ord == 2) return record<EuclideanNorm>({x}, {.axis = a.axis, .keepdims = a.keepdims});
    auto total = [&](const Array& y) { return sum(y, {.axis = a.axis, .keepdims = a.keepdims}); };
    Array size = abs(widened(x)), y;
    if (a.ord == INFINITY)
      y = max(size, {.axis = a.axis, .keepdims = a.keepdims});
    else if (a.ord == -INFINITY)
      y = min(size, {.axis = a.axis, .keepdims = a.keepdims});
    else if (a.ord == 0)
      y = total(cast(size != 0, {.dtype = size.dtype()}));
    else if (a.ord == 1)
      y = total(size);
    else
      y = general(size, a);
    return cast(y, {.dtype = real_of(x.dtype())});
  }
  // Relative to the largest element, on which the result does not depend. Of nothing but zeros it is 0 with no slope.
  static Array general(const Array& size, const Attrs& a) {
    Shape shape = reduced_shape(size.shape(), a.axis, a.keepdims);
    if (same(reduced_count(size.shape(), a.axis), 0)) return zeros(shape, size.dtype());
    Array most = stop_gradient(max(size, {.axis = a.axis, .keepdims = true}));
    Array unit = where(logical_and(isfinite(most), most > 0), most, 1), zero = most == 0, part = size / unit;
    // A zero has no slope in a power below 1, but makes the result of a negative one 0.
    Array power = pow(where(part == 0, 1, part), a.ord);
    power = where(part == 0, a.ord < 0 ? INFINITY : 0, power);
    Array sums = sum(power, {.axis = a.axis, .keepdims = true});
    Array y = where(zero, 0, pow(where(zero, 1, sums), 1 / a.ord) * unit);
    return a.keepdims ? y : reshape(y, {.shape = shape});
  }
  static std::vector<Sample> samples() {
    return {sample<VectorNorm>({{{2, 3}}}, {.axis = {-2, -1}}),
            sample<VectorNorm>({{{2, 3, 4}}}, {.axis = {-2}, .keepdims = true, .ord = 3}),
            sample<VectorNorm>({{{5}}}, {.axis = {-1}, .ord = 1}),
            sample<VectorNorm>({{{5}}}, {.axis = {-1}, .ord = INFINITY})};
  }
};

}  // namespace koine::ops
