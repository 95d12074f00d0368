#pragma once
#include "ops/family/scan.h"

namespace koine::ops {

struct Cummax : Cumulative {
  struct Attrs {
    int64_t axis = -1;
    bool reverse = false;
  };
  static constexpr const char* outputs[] = {"y", "_places"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to go along"),
                                             field<&Attrs::reverse>("reverse", "start at the last element")};
  static constexpr auto doc =
      "Running maxima along an axis, of an element and all before it; NaN stays. The derivative belongs to the first "
      "of equal elements.";
  static constexpr auto example =
      ">>> kn.cummax(kn.asarray([1, 3, 2]))\n"
      "array([1, 3, 3])";
  static auto combine(auto x, auto y) { return max(x, y); }
};

}  // namespace koine::ops
