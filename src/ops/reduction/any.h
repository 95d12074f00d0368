#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Any : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes to look along, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep the searched axes with length 1")};
  static constexpr auto doc = "Whether any element over axes is not zero; false of no elements.";
  static constexpr auto example =
      ">>> kn.any(kn.asarray([[True, False], [False, False]]), axis=1)\n"
      "array([ True, False])";
  static constexpr Reduced result = Reduced::boolean;
  static constexpr int64_t identity = 0;
  static constexpr auto not_differentiable = "its result is a truth value";
  static auto combine(auto x, auto y) { return x | y; }
};

}  // namespace koine::ops
