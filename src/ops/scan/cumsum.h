#pragma once
#include "ops/family/scan.h"

namespace koine::ops {

struct Cumsum : Cumulative {
  struct Attrs {
    int64_t axis = -1;
    bool reverse = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to sum along"),
                                             field<&Attrs::reverse>("reverse", "start at the last element")};
  static constexpr auto doc =
      "Running sums along an axis, of an element and all before it. Bool and integers give int64 or uint64.";
  static constexpr auto example =
      ">>> kn.cumsum(kn.asarray([1, 2, 3]))\n"
      "array([1, 3, 6])";
  static constexpr bool widened = true;
  static constexpr bool linear = true;
  static auto combine(auto x, auto y) { return x + y; }
  static constexpr Onnx onnx{"CumSum", 14};
};

}  // namespace koine::ops
