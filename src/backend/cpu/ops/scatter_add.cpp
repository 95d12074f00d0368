#include "backend/cpu/indexed.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_scatter_add(const NodeTypes& node) { return make_scattered_sum(node); }

}  // namespace koine::backend::cpu
