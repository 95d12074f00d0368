#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct OneHot : Composite {
  struct Attrs {
    int64_t classes = 0;
    DType dtype = float32;
  };
  static constexpr const char* args[] = {"labels"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::classes>("classes", "how many classes there are"),
                                             field<&Attrs::dtype>("dtype", "the dtype of the result")};
  static constexpr auto doc =
      "For each integer a row of zeros with a one at that class. An integer that is no class gives zeros alone.";
  static constexpr auto shapes =
      "The result has the labels' shape and then the classes; DTypeError for labels that are no integers, ValueError "
      "for fewer than no classes.";
  static constexpr auto example =
      ">>> kn.one_hot(kn.asarray([2, 0]), 3)\n"
      "array([[0., 0., 1.],\n"
      "       [1., 0., 0.]])";
  static constexpr auto not_differentiable = "labels are integers";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { integer_dtypes(operands, "labels"); }
  static void normalize(Attrs& a, const TypeInput&) {
    if (a.classes < 0) throw ValueError("classes should be at least 0, got " + std::to_string(a.classes));
  }
  static Array body(Array labels, const Attrs& a) {
    // Compared as int64, since a small dtype has no place for many classes.
    Array label = cast(expand_dims(labels, -1), {.dtype = int64});
    Array classes = cumsum(ones({a.classes}, int64), {.axis = 0}) - 1;
    return cast(label == classes, {.dtype = a.dtype});
  }
  static std::vector<Sample> samples() {
    return {
        sample<OneHot>({{.shape = {5}, .dtype = int64, .values = {2, 0, 3, -1, 4}}}, {.classes = 4}),
        sample<OneHot>({{.shape = {2, 2}, .dtype = uint8, .values = {1, 1, 0, 200}}}, {.classes = 300, .dtype = int8}),
        sample<OneHot>({{.shape = {}, .dtype = int32, .values = {1}}}, {.classes = 2, .dtype = bool_})};
  }
};

}  // namespace koine::ops
