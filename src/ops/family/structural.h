#pragma once
#include "ops/family/op.h"

/// Structural ops: they move elements and never compute, so they are linear in their operands.
/// An op writes its shape rule, its index map and its transpose (`vjp`); jvp, vmap and the kernels follow.
namespace koine::ops {

/// Where a box of the result comes from: element i of the box, which lies at `start + steps * i` of the result, is
/// element `offset + sum(strides[d] * i[d])` of the operand, both row-major.
struct MapPiece {
  int operand = 0;
  Shape start, size;  // of the box, in the result
  Dim offset = 0;
  Shape strides;    // per axis of the result, in elements of the operand
  Ints steps = {};  // per axis of the result, positive; 1 when left out
};

/// The whole result as boxes; later boxes cover earlier ones, what no box covers is `fill`.
struct IndexMap {
  std::vector<MapPiece> pieces;
  Number fill = 0;
};

/// Row-major strides in elements.
Shape strides_of(const Shape& shape);
/// The piece that is a whole result read with the given strides.
MapPiece whole_piece(const Shape& result, Shape strides, Dim offset = 0, int operand = 0);

Arrays structural_jvp(const RuleInput& node, Tangents tangents);
void structural_reference(const KernelInput& kernel, const IndexMap& map);
/// Operands with the batch in front of all: those that have none are broadcast.
Arrays all_batched(const BatchInput& node);

struct Structural : OpBase {
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::structural;
    row.jvp = structural_jvp;
    if constexpr (requires { &T::map; }) {
      row.reference = [](const KernelInput& kernel) {
        std::vector<ir::TypeRef> types;
        for (const ir::TensorRef& in : kernel.in) types.push_back(ir::intern_type(in.dtype, Shape(in.shape)));
        structural_reference(kernel, T::map({kernel.op, types, kernel.attrs}, detail::attrs_of<T>(kernel.attrs)));
      };
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
