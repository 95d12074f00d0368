#include "backend/cpu/gemm/product.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_matmul(const NodeTypes& node) {
  return make_product(product_of(node.in[0], node.in[1]));
}

}  // namespace koine::backend::cpu
