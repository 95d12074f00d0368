#include "backend/cpu/indexed.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_gather(const NodeTypes& node) { return make_gathered(node); }

}  // namespace koine::backend::cpu
