#include "backend/cpu/gemm/product.h"

namespace koine::backend::cpu {

namespace {

/// Sets the strides of an operand. False when neither its rows nor its columns are without gaps.
bool set_strides(MatrixLayout& layout, ir::TypeRef type, const Ints& strides) {
  auto rank = static_cast<size_t>(type->rank());
  if (rank == 1) return strides[0] == 1;
  layout.row_stride = strides[rank - 2];
  layout.column_stride = strides[rank - 1];
  size_t axes = layout.batch_strides.size();
  for (size_t d = 0; d + 2 < rank; ++d)
    layout.batch_strides[axes - 1 - d] =
        type->shape[static_cast<int64_t>(rank - 3 - d)].value() == 1 ? 0 : strides[rank - 3 - d];
  return layout.row_stride == 1 || layout.column_stride == 1;
}

}  // namespace

std::unique_ptr<NodeKernel> make_matmul(const NodeTypes& node) {
  Product product = product_of(node.in[0], node.in[1]);
  if (!node.strides.empty() &&
      !(set_strides(product.a, node.in[0], node.strides[0]) && set_strides(product.b, node.in[1], node.strides[1])))
    return nullptr;
  return make_product(std::move(product));
}

}  // namespace koine::backend::cpu
