#pragma once
#include "base/dtype_traits.h"
#include "ops/family/composite.h"
#include "ops/family/explicit.h"

#include <cmath>

namespace koine::ops {

struct Signbit : Library {
  static constexpr auto doc =
      "Whether the sign of a floating number is set, elementwise: also that of -0 and of a NaN.";
  static constexpr auto shapes = "The result has x's shape, in bool; DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.signbit(kn.asarray([-0.0, 1.0]))\n"
      "array([ True, False])";
  static constexpr auto not_differentiable = "its result is true or false";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static TypeValue infer(const TypeInput& in, const Attrs&) { return {bool_, in.shape(0)}; }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs&) {
    std::vector<double> wide(static_cast<size_t>(k.in[0].count()));
    load_wide(k.in[0].dtype, k.in[0].data, k.in[0].count(), wide.data());
    for (size_t i = 0; i < wide.size(); ++i) k.out[0].as<uint8_t>()[i] = std::signbit(wide[i]);
  }
  static std::vector<Sample> samples() {
    return {sample<Signbit>({{.shape = {3}, .values = {-0.0, 0.0, -2}}}), sample<Signbit>({{.shape = {2, 3}}})};
  }
};

}  // namespace koine::ops
