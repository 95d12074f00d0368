#pragma once
#include "ops/family/composite.h"
#include "ops/library/next_number.h"

namespace koine::ops {

struct Nextafter : Composite {
  static constexpr const char* args[] = {"x1", "x2"};
  static constexpr auto doc =
      "The next number of the dtype after x1 towards x2, elementwise; x2 where they are equal, NaN if one is NaN.";
  static constexpr auto shapes =
      "Operands broadcast, and the result has their common shape; ShapeError where they do not, DTypeError for "
      "complex numbers.";
  static constexpr auto example =
      ">>> kn.nextafter(kn.asarray(1.0), 2.0) - 1\n"
      "array(1.1920929e-07)";
  static constexpr auto not_differentiable = "it goes from one number of the dtype to the next";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static Array body(Array x1, Array x2) {
    Shape shape = broadcast(x1.shape(), x2.shape());
    return record<NextNumber>({broadcast_to(x1, {.shape = shape}), broadcast_to(x2, {.shape = shape})});
  }
  static std::vector<Sample> samples() {
    return {sample<Nextafter>({{.shape = {4}}, {.shape = {4}}}),
            sample<Nextafter>({{.shape = {2, 3}}, {.shape = {3}}})};
  }
};

}  // namespace koine::ops
