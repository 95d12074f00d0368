#include "backend/cpu/indexed.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_take_along_axis(const NodeTypes& node) { return make_taken_along(node); }

}  // namespace koine::backend::cpu
