#pragma once
#include "ops/family/reduction.h"

namespace koine::ops {

struct Prod : Reduction {
  struct Attrs {
    Axes axis = {};
    bool keepdims = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axes to multiply over, all by default"),
      field<&Attrs::keepdims>("keepdims", "keep the multiplied axes with length 1")};
  static constexpr auto doc = "The product over axes; 1 of no elements. Bool and integers give int64 or uint64.";
  static constexpr auto example =
      ">>> kn.prod(kn.asarray([[1, 2], [3, 4]]), axis=0)\n"
      "array([3, 8])";
  static constexpr Reduced result = Reduced::widened;
  static constexpr int64_t identity = 1;
  static auto combine(auto x, auto y) { return x * y; }
  static Array partial(const Array&, const Array& x, const Axes& axis) { return product_of_others(x, axis); }
  static constexpr Onnx onnx{"ReduceProd", 13};
};

}  // namespace koine::ops
