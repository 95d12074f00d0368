#include "backend/cpu/attr.h"
#include "backend/cpu/ordering.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_sort(const NodeTypes& node) {
  const auto axis = attr<int64_t>(node, "axis");
  const Shape& shape = node.in[0]->shape;
  const int64_t length = shape[static_cast<int64_t>(shape.size()) + axis].value();
  return make_order(node, {axis, attr<bool>(node, "descending"), length}, 0, 1);
}

}  // namespace koine::backend::cpu
