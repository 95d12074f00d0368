#pragma once
#include "ops/family/explicit.h"
#include "ops/family/scan.h"

#include <koine/ops.h>

namespace koine::ops {

struct LinearRecurrence : Explicit<ir::Family::scan> {
  struct Attrs {
    int64_t axis = -1;
    bool reverse = false;
  };
  static constexpr const char* args[] = {"factor", "term"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to go along"),
                                             field<&Attrs::reverse>("reverse", "start at the last element")};
  static constexpr auto doc =
      "y[k] = factor[k] * y[k - 1] + term[k] along an axis, and y[0] = term[0]; both operands have one shape.";
  static constexpr auto shapes =
      "The result has the operands' shape; ShapeError where they differ, IndexError for an axis that they do not "
      "have.";
  static constexpr auto example =
      ">>> kn.linear_recurrence(kn.asarray([0.5, 0.5, 0.5]), kn.asarray([1.0, 1.0, 1.0]))\n"
      "array([1.  , 1.5 , 1.75])";
  static constexpr Promote promote = Promote::inexact;
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    if (!(in.shape(0) == in.shape(1)))
      throw ShapeError("the operands have shapes " + to_string(in.shape(0)) + " and " + to_string(in.shape(1)));
    if (in.dtype(0) != in.dtype(1)) throw DTypeError("the operands have different dtypes");
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    Array term = t[1];
    if (t[0].defined()) {
      Array part = t[0] * previous(node.out[0], {a.axis, a.reverse}, 0);
      term = term.defined() ? term + part : part;
    }
    return {linear_recurrence(node.in[0], term, {.axis = a.axis, .reverse = a.reverse})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    Array after = previous(node.in[0], {a.axis, !a.reverse}, 0);
    Array reached = linear_recurrence(conjugate(after), ct[0], {.axis = a.axis, .reverse = !a.reverse});
    return {reached * conjugate(previous(node.out[0], {a.axis, a.reverse}, 0)), reached};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) {
    Arrays in(node.in.begin(), node.in.end());
    for (size_t i = 0; i < in.size(); ++i)
      if (!node.batched[i]) in[i] = repeat_in_front(in[i], node.size);
    return again(node, in);
  }
  static void reference(const KernelInput& k, const Attrs& a) { recurrence_reference(k, {a.axis, a.reverse}); }
  static std::vector<Sample> samples() {
    return {sample<LinearRecurrence>({{{5}}, {{5}}}, {-1, false}),
            sample<LinearRecurrence>({{{2, 3}}, {{2, 3}}}, {-2, true}),
            sample<LinearRecurrence>({{{2, 4, 2}}, {{2, 4, 2}}}, {-2, true}),
            sample<LinearRecurrence>({{{2, 0}}, {{2, 0}}}, {-1, false})};
  }
};

}  // namespace koine::ops
