#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

namespace koine::ops {

/// The root of the sum of squares over axes, without overflow between; the slope at 0 is 0.
struct EuclideanNorm : Composite {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr bool internal = true;
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axes of the vectors"),
                                             field<&Attrs::keepdims>("keepdims", "keep them with length 1")};
  static constexpr auto doc = "The Euclidean norms of vectors along axes.";
  static void normalize(Attrs& a, const TypeInput& in) { a.axis = axes_from_end(a.axis, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array size = abs(widened(x)), scale = power_of_two_for_squares(size, a.axis);
    Array y = sqrt(sum(square(size * scale), {.axis = a.axis, .keepdims = true})) / scale;
    if (!a.keepdims) y = reshape(y, {.shape = reduced_shape(x.shape(), a.axis, false)});
    return cast(y, {.dtype = real_of(x.dtype())});
  }
  static Array direction(const RuleInput& node, const Attrs& a) {
    Array y = node.out[0];
    if (!a.keepdims) y = reshape(y, {.shape = reduced_shape(node.in[0].shape(), a.axis, true)});
    return node.in[0] / where(y == 0, 1, y);
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    return sum(real(conj(direction(node, a)) * t[0]), {.axis = a.axis, .keepdims = a.keepdims});
  }
  static Array vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return with_axes(ct[0], node.in[0].shape(), a.axis) * direction(node, a);
  }
  static std::vector<Sample> samples() {
    return {sample<EuclideanNorm>({{{2, 3}}}, {.axis = {-2, -1}}),
            sample<EuclideanNorm>({{{2, 3, 4}}}, {.axis = {-2}, .keepdims = true}),
            sample<EuclideanNorm>({{.shape = {5}, .dtype = complex64}}, {.axis = {-1}})};
  }
};

}  // namespace koine::ops
