#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Sum : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axes to sum over, all by default"),
                                             field<&Attrs::keepdims>("keepdims", "keep the summed axes with length 1")};
  static constexpr auto doc =
      "The sum over axes; 0 of no elements. Bool and integers give int64 or uint64; float16 and bfloat16 are added in "
      "float32.";
  static constexpr auto example =
      ">>> kn.sum(kn.asarray([[1, 2], [3, 4]]), axis=0)\n"
      "array([4, 6])";
  static constexpr Reduced result = Reduced::widened;
  static constexpr int64_t identity = 0;
  static constexpr bool linear = true;
  static auto combine(auto x, auto y) { return x + y; }
  static constexpr Onnx onnx{"ReduceSum", 13};
};

}  // namespace koine::ops
