#pragma once
#include "ops/family/op.h"

/// Structural ops: they move elements and never compute, so they are linear in their operands.
/// An op writes its shape rule, its index map and its transpose (`vjp`); jvp, vmap and the kernels follow.
namespace koine::ops {

using ir::IndexMap;
using ir::MapPiece;

/// Row-major strides in elements.
Shape strides_of(const Shape& shape);
/// The piece that is a whole result read with the given strides.
MapPiece whole_piece(const Shape& result, Shape strides, Dim offset = 0, int operand = 0);

Arrays structural_jvp(const RuleInput& node, Tangents tangents);
void structural_reference(const KernelInput& kernel);
/// Operands with the batch in front of all: those that have none are broadcast.
Arrays all_batched(const BatchInput& node);

struct Structural : OpBase {
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::structural;
    row.jvp = structural_jvp;
    if constexpr (requires { &T::map; }) {
      row.index_map = [](const TypeInput& in) { return T::map(in, detail::attrs_of<T>(in.attrs)); };
      row.reference = structural_reference;
    }
    row.vmap = [](const BatchInput& node, std::span<uint8_t>) -> Arrays {
      if constexpr (requires { &T::batched; }) {
        typename T::Attrs attrs = T::batched(detail::attrs_of<T>(node.attrs), node);
        return ir::record(node.op, ir::intern_attrs(node.op, &attrs), all_batched(node), {});
      } else {
        return again(node, all_batched(node));
      }
    };
  }
};

}  // namespace koine::ops
