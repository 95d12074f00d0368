#pragma once
#include "base/number.h"
#include "ops/family/structural.h"

namespace koine::ops {

struct Full : Structural {
  struct Attrs {
    Shape shape = {};
    Number value = 0;
    DType dtype = float32;
  };
  static constexpr std::array<const char*, 0> args{};  // no_args
  static constexpr ir::AttrField fields[] = {field<&Attrs::shape>("shape", "the shape of the result"),
                                             field<&Attrs::value>("value", "what every element is"),
                                             field<&Attrs::dtype>("dtype", "the dtype of the result")};
  static constexpr auto doc = "An array whose elements are all one number.";
  static constexpr auto shapes =
      "The result has the given shape; ShapeError for a negative length, OverflowError for a number that the dtype "
      "does not "
      "hold.";
  static constexpr auto example =
      ">>> kn.full((2, 2), 7)\n"
      "array([[7, 7],\n"
      "       [7, 7]])";
  static void normalize(Attrs& a, const TypeInput&) {
    check_fits(a.value, a.dtype);
    a.value = storable(a.value);
  }
  static TypeValue infer(const TypeInput&, const Attrs& a) { return {a.dtype, a.shape}; }
  static IndexMap map(const TypeInput&, const Attrs& a) { return {{}, a.value}; }
  static Arrays vjp(const RuleInput&, const Attrs&, Tangents) { return {}; }
  static std::vector<Sample> samples() {
    return {sample<Full>({}, {.shape = {2, 3}, .value = 1.5}), sample<Full>({}, {.value = 7, .dtype = int64})};
  }
  static constexpr Onnx onnx{"ConstantOfShape", 9};
};

}  // namespace koine::ops
