#include "backend/cpu/convolution.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_conv(const NodeTypes& node) {
  if (!node.strides.empty()) return nullptr;
  return make_convolution(convolution_of(node, node.in[0], node.in[1], node.out[0]));
}

}  // namespace koine::backend::cpu
