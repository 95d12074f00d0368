#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct CrossEntropy : Composite {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr const char* args[] = {"logits", "labels"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis of the classes")};
  static constexpr auto doc =
      "log(sum(exp(logits))) - logits[label] along an axis, for integer labels of the logits' shape without that axis; "
      "nothing is summed or averaged. A label that is no class, also one below 0, raises IndexError.";
  static constexpr auto shapes =
      "The result has the labels' shape; ShapeError where it is not the logits' without the axis, IndexError for a "
      "label that is no class.";
  static constexpr auto example =
      ">>> kn.cross_entropy(kn.asarray([[2.0, 0.0], [0.0, 0.0]]), kn.asarray([0, 1]))\n"
      "array([0.12692805, 0.6931472 ])";
  static constexpr ir::Whole whole = ir::Whole::all;
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    floating_dtypes(operands.first(1));
    integer_dtypes(operands.subspan(1), "labels");
  }
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_axis(a.axis, in.shape(0));
    Shape shape = in.shape(0);
    shape.erase(a.axis);
    if (!(in.shape(1) == shape))
      throw ShapeError("logits " + to_string(in.shape(0)) + " need labels " + to_string(shape) + ", got " +
                       to_string(in.shape(1)));
  }
  static Array body(Array logits, Array labels, const Attrs& a) {
    Array wide = widened(logits);
    Array below = wide - top_for_exp(wide, a.axis);
    Array total = squeezed(log(positive_total(exp(below), a.axis)), a);
    Array picked = squeezed(take_along_axis(below, places(labels, logits, a), {.axis = a.axis}), a);
    return cast(total - picked, {.dtype = logits.dtype()});
  }
  static Array jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    Array mean = sum(t[0] * softmax(node.in[0], {.axis = a.axis}), {.axis = a.axis});
    return mean - squeezed(take_along_axis(t[0], places(node.in[1], t[0], a), {.axis = a.axis}), a);
  }
  // The probabilities minus one at the label.
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    Array line = column(ct[0], a);
    Array spread = line * softmax(node.in[0], {.axis = a.axis});
    return {put_along_axis_add(spread, places(node.in[1], spread, a), -line, {.axis = a.axis}), Array()};
  }
  static Array column(const Array& labels, const Attrs& a) { return expand_dims(labels, static_cast<int>(a.axis)); }
  // A label below 0 is no class and does not count from the end: it is moved out of the range.
  static Array places(const Array& labels, const Array& logits, const Attrs& a) {
    if (!is_signed_integer(labels.dtype()) || !logits.shape()[a.axis].is_concrete()) return column(labels, a);
    Array wide = cast(labels, {.dtype = int64});
    return column(where(wide < 0, wide - logits.size(static_cast<int>(a.axis)), wide), a);
  }
  static Array squeezed(const Array& x, const Attrs& a) { return squeeze(x, static_cast<int>(a.axis)); }
  static std::vector<Sample> samples() {
    return {sample<CrossEntropy>({{{3, 4}}, {.shape = {3}, .dtype = int64, .low = 0, .high = 4}}),
            sample<CrossEntropy>({{{2, 3, 2}}, {.shape = {2, 2}, .dtype = int32, .low = 0, .high = 3}}, {.axis = -2}),
            sample<CrossEntropy>({{{5}}, {.shape = {}, .dtype = uint8, .values = {3}}})};
  }
};

}  // namespace koine::ops
