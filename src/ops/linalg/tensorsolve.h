#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Tensorsolve : Composite {
  static constexpr const char* args[] = {"a", "b"};
  static constexpr auto doc = "The x with tensordot(a, x, axes=x.ndim) = b.";
  static constexpr auto shapes =
      "The shape of b and then any axes, together as many elements, give those axes; ShapeError where they do not fit, "
      "ValueError for an a that has no inverse.";
  static constexpr auto example =
      ">>> kn.linalg.tensorsolve(kn.reshape(kn.eye(4), (4, 2, 2)), kn.arange(4.0))\n"
      "array([[0., 1.],\n"
      "       [2., 3.]])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array a, Array b) {
    if (a.rank() < b.rank())
      throw ShapeError("an a of shape " + to_string(a.shape()) + " does not fit a b of shape " + to_string(b.shape()));
    Shape shape;
    for (int64_t d = b.rank(); d < a.rank(); ++d) shape.push_back(a.shape()[d]);
    Dim rows = count(b.shape());
    Array x = solve(reshape(a, {.shape = {rows, count(shape)}}), reshape(b, {.shape = {rows}}));
    return reshape(x, {.shape = shape});
  }
  static std::vector<Sample> samples() {
    return {sample<Tensorsolve>({{.shape = {2, 2, 1}, .values = {3, 1, -1, 2}}, {{2}}})};
  }
};

}  // namespace koine::ops
