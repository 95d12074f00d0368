#include "backend/cpu/convolution.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_conv_input_grad(const NodeTypes& node) {
  if (!node.strides.empty()) return nullptr;
  return make_convolution_input(convolution_of(node, node.out[0], node.in[1], node.in[0]));
}

}  // namespace koine::backend::cpu
