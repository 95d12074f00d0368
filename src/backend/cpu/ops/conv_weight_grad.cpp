#include "backend/cpu/convolution.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_conv_weight_grad(const NodeTypes& node) {
  if (!node.strides.empty()) return nullptr;
  return make_convolution_weight(convolution_of(node, node.in[0], node.out[0], node.in[1]));
}

}  // namespace koine::backend::cpu
