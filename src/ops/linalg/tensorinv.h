#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Tensorinv : Composite {
  struct Attrs {
    int64_t ind = 2;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::ind>("ind", "how many of the first axes the inverse has last")};
  static constexpr auto doc =
      "The inverse of x as a map: its first axes are taken for the rows of a square matrix, the others for the "
      "columns.";
  static constexpr auto shapes =
      "The axes from ind on, then those before; ShapeError where both do not have as many elements, ValueError for an "
      "ind "
      "that is not positive, or for an x that has no inverse.";
  static constexpr auto example =
      ">>> kn.linalg.tensorinv(kn.reshape(kn.eye(4), (4, 2, 2)), ind=1).shape\n"
      "(2, 2, 4)";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    if (a.ind < 1) throw ValueError("ind should be positive, got " + std::to_string(a.ind));
    if (a.ind > static_cast<int64_t>(in.shape(0).size()))
      throw ShapeError("x has fewer than " + std::to_string(a.ind) + " axes: " + to_string(in.shape(0)));
  }
  static Array body(Array x, const Attrs& a) {
    Shape before, behind;
    for (int64_t d = 0; d < x.rank(); ++d) (d < a.ind ? before : behind).push_back(x.shape()[d]);
    Array matrix = reshape(x, {.shape = {count(before), count(behind)}});
    for (Dim d : before) behind.push_back(d);
    return reshape(inv(matrix), {.shape = behind});
  }
  static std::vector<Sample> samples() {
    return {sample<Tensorinv>({{.shape = {2, 2, 1}, .values = {3, 1, -1, 2}}}, {.ind = 1}),
            sample<Tensorinv>({{.shape = {2, 1, 2}, .values = {3, 1, -1, 2}}}, {.ind = 2})};
  }
};

}  // namespace koine::ops
