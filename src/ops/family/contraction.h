#pragma once
#include "ops/family/op.h"

/// Contractions: products summed over shared axes, linear in each of two operands. An op writes its types, its batching
/// and the two transposes: `transpose_1(node, attrs, ct, x2)` and `transpose_2(node, attrs, ct, x1)` give the cotangent
/// of one operand from the (already conjugated) other. jvp and vjp follow from that.
namespace koine::ops {

/// Operands to their common dtype; bool counts as int64.
void contraction_dtypes(std::span<ir::OperandDType> operands);
Arrays contraction_jvp(const RuleInput& node, Tangents tangents);
/// The operands with their complex conjugates; a real one is its own.
Arrays conjugated(std::span<const Array> operands);

TypeValue matmul_infer(const TypeInput& in);
Array matmul_transpose_1(const RuleInput& node, const Array& ct, const Array& x2);
Array matmul_transpose_2(const RuleInput& node, const Array& ct, const Array& x1);
Arrays matmul_vmap(const BatchInput& node);
void matmul_reference(const KernelInput& kernel);

struct Contraction : OpBase {
  static void operand_dtypes(std::span<ir::OperandDType> operands) { contraction_dtypes(operands); }

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    using detail::attrs_of;
    row.family = ir::Family::contraction;
    row.jvp = contraction_jvp;
    row.vjp = [](const RuleInput& node, Tangents ct) -> Arrays {
      const auto& attrs = attrs_of<T>(node.attrs);
      Arrays in = conjugated(node.in);
      return {T::transpose_1(node, attrs, ct[0], in[1]), T::transpose_2(node, attrs, ct[0], in[0])};
    };
  }
};

}  // namespace koine::ops
