#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Cross : Composite {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis of the vectors, in both operands")};
  static constexpr auto doc = "The vector products along an axis of length 3.";
  static constexpr auto shapes = "Operands broadcast but for the axis; ShapeError where it is not of length 3 in both.";
  static constexpr auto example =
      ">>> kn.linalg.cross(kn.asarray([1, 0, 0]), kn.asarray([0, 1, 0]))\n"
      "array([0, 0, 1])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { promote_operands(Promote::all, operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    for (int i : {0, 1}) {
      const Shape& shape = in.shape(i);
      auto rank = static_cast<int64_t>(shape.size());
      if (a.axis < -rank || a.axis >= rank || !same(shape[a.axis], 3))
        throw ShapeError("the axis " + std::to_string(a.axis) + " is not of length 3 in " + to_string(in.shape(0)) +
                         " and " + to_string(in.shape(1)));
    }
    if (in.shape(0).size() == in.shape(1).size()) canonical_axis(a.axis, in.shape(0));
  }
  static Array body(Array x1, Array x2, const Attrs& a) {
    auto axis = static_cast<int>(a.axis);
    Array left = moveaxis(x1, axis, -1), right = moveaxis(x2, axis, -1), parts[2][3];
    for (size_t i = 0; i < 3; ++i) {
      parts[0][i] = element(left, static_cast<int64_t>(i));
      parts[1][i] = element(right, static_cast<int64_t>(i));
    }
    auto part = [&](size_t i, size_t j) { return parts[0][i] * parts[1][j] - parts[0][j] * parts[1][i]; };
    return moveaxis(concatenate({part(1, 2), part(2, 0), part(0, 1)}, {.axis = -1}), -1, axis);
  }
  static Array element(const Array& x, int64_t i) {
    Shape offsets, sizes = x.shape();
    for (size_t d = 0; d < sizes.size(); ++d) offsets.push_back(0);
    offsets[-1] = i;
    sizes[-1] = 1;
    return slice(x, {.offsets = offsets, .sizes = sizes});
  }
  static std::vector<Sample> samples() {
    return {sample<Cross>({{{3}}, {{3}}}), sample<Cross>({{{2, 3}}, {{1, 3}}}),
            sample<Cross>({{{3, 2}}, {{3, 2}}}, {.axis = -2})};
  }
};

}  // namespace koine::ops
