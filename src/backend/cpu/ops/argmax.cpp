#include "backend/cpu/ordering.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_argmax(const NodeTypes& node) { return make_best_place(node, true); }

}  // namespace koine::backend::cpu
