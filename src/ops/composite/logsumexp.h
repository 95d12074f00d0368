#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

namespace koine::ops {

struct Logsumexp : Composite {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axes to sum over, all by default"),
                                             field<&Attrs::keepdims>("keepdims", "keep the summed axes with length 1")};
  static constexpr auto doc =
      "log(sum(exp(x))) over axes without overflow; minus infinity, with a gradient of zero, where all elements are.";
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x"
      " does not have.";
  static constexpr auto example =
      ">>> kn.logsumexp(kn.asarray([1000.0, 1000.0]))\n"
      "array(1000.6932)";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { a.axis = axes_from_end(a.axis, in.shape(0)); }
  // The largest elements, or 0 where they are infinite: infinities are not taken from each other.
  static Array shift(const Array& wide, const Attrs& a) {
    if (same(reduced_count(wide.shape(), a.axis), 0))
      return zeros(reduced_shape(wide.shape(), a.axis, true), wide.dtype());
    Array most = max(wide, {.axis = a.axis, .keepdims = true});
    return where(isfinite(most), most, 0);
  }
  static Array body(Array x, const Attrs& a) {
    Array wide = widened(x), most = shift(wide, a);
    Array y = log(sum(exp(wide - most), {.axis = a.axis, .keepdims = true})) + most;
    if (!a.keepdims) y = reshape(y, {.shape = reduced_shape(x.shape(), a.axis, false)});
    return cast(y, {.dtype = x.dtype()});
  }
  // The slopes sum to one, but where all elements are minus infinity they are zero. Recomputed from x, because
  // exp(x - y) has the rounding error of y, which is large where y is.
  static Array slope(const RuleInput& node, const Attrs& a) {
    Array wide = widened(node.in[0]);
    Array e = exp(wide - stop_gradient(shift(wide, a)));
    Array total = sum(e, {.axis = a.axis, .keepdims = true});
    return cast(e / where(total == 0, 1, total), {.dtype = node.in[0].dtype()});
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    return sum(t[0] * slope(node, a), {.axis = a.axis, .keepdims = a.keepdims});
  }
  static Array vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return with_axes(ct[0], node.in[0].shape(), a.axis) * slope(node, a);
  }
  static std::vector<Sample> samples() {
    return {sample<Logsumexp>({{{2, 3}}}, {.axis = {-2, -1}}),
            sample<Logsumexp>({{{2, 3, 4}}}, {.axis = {-2}, .keepdims = true}),
            sample<Logsumexp>({{{5}}}, {.axis = {-1}})};
  }
  static constexpr Onnx onnx{"ReduceLogSumExp", 13};
};

}  // namespace koine::ops
