#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"
#include "ops/linalg/unitary_factor.h"

namespace koine::ops {

/// The sum of the singular values, with a derivative of every order where they are equal.
struct NuclearNorm : Composite {
  static constexpr bool internal = true;
  static constexpr auto doc = "The nuclear norms of matrices.";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { Factorization::operand_dtypes(operands); }
  static Array body(Array x) { return sum(svdvals(x), {.axis = -1}); }
  static Array jvp(const RuleInput& node, const NoAttrs&, Tangents t) {
    return sum(real(conj(record<UnitaryFactor>({node.in[0]})) * t[0]), {.axis = {-2, -1}});
  }
  static Array vjp(const RuleInput& node, const NoAttrs&, Tangents ct) {
    return record<UnitaryFactor>({node.in[0]}) * expand_dims(expand_dims(ct[0], -1), -1);
  }
  static std::vector<Sample> samples() {
    return {sample<NuclearNorm>({{.shape = {2, 2}, .values = {3, 1, -1, 2}}}),
            sample<NuclearNorm>(
                {{.shape = {2, 2, 3}, .dtype = float64, .values = {3, 1, -1, 2, 0.5, 1, 1, 2, 0, -1, 4, 1}}})};
  }
};

}  // namespace koine::ops
