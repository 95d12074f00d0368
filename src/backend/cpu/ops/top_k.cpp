#include "backend/cpu/attr.h"
#include "backend/cpu/ordering.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_top_k(const NodeTypes& node) {
  return make_order(node, {attr<int64_t>(node, "axis"), attr<bool>(node, "largest"), attr<int64_t>(node, "k")}, 0, 1);
}

}  // namespace koine::backend::cpu
