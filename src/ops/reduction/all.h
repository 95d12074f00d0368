#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct All : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes to look along, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep the searched axes with length 1")};
  static constexpr auto doc = "Whether all elements over axes are not zero; true of no elements.";
  static constexpr auto example =
      ">>> kn.all(kn.asarray([[True, False], [True, True]]), axis=1)\n"
      "array([False,  True])";
  static constexpr Reduced result = Reduced::boolean;
  static constexpr int64_t identity = 1;
  static constexpr auto not_differentiable = "its result is a truth value";
  static auto combine(auto x, auto y) { return x & y; }
};

}  // namespace koine::ops
