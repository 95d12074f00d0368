#pragma once
#include "ops/family/scan.h"

#include <koine/ops.h>

namespace koine::ops {

struct Cumprod : Cumulative {
  struct Attrs {
    int64_t axis = -1;
    bool reverse = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to multiply along"),
                                             field<&Attrs::reverse>("reverse", "start at the last element")};
  static constexpr auto doc =
      "Running products along an axis, of an element and all before it. Bool and integers give int64 or uint64.";
  static constexpr auto example =
      ">>> kn.cumprod(kn.asarray([1, 2, 3]))\n"
      "array([1, 2, 6])";
  static constexpr bool widened = true;
  static auto combine(auto x, auto y) { return x * y; }

  // y[k] = x[k] y[k-1] is a linear recurrence in its own derivative, so that no zero is ever divided by.
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    Array before = previous(node.out[0], {a.axis, a.reverse}, 1);
    return {linear_recurrence(node.in[0], before * t[0], {.axis = a.axis, .reverse = a.reverse})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    Array before = previous(node.out[0], {a.axis, a.reverse}, 1);
    Array after = previous(node.in[0], {a.axis, !a.reverse}, 0);
    Array reached = linear_recurrence(conjugate(after), ct[0], {.axis = a.axis, .reverse = !a.reverse});
    return {conjugate(before) * reached};
  }
  static std::vector<Sample> samples() {
    SampleInput zeros{.shape = {5}, .values = {2, 0, 3, -0.5, 0}};
    return {sample<Cumprod>({{{5}}}, {-1, false}),       sample<Cumprod>({{{2, 3}}}, {-2, true}),
            sample<Cumprod>({{{2, 3, 2}}}, {-2, false}), sample<Cumprod>({zeros}, {-1, false}),
            sample<Cumprod>({zeros}, {-1, true}),        sample<Cumprod>({{{2, 0}}}, {-1, false})};
  }
};

}  // namespace koine::ops
