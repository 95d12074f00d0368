#include "backend/cpu/ordering.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_argmin(const NodeTypes& node) { return make_best_place(node, false); }

}  // namespace koine::backend::cpu
