#include "backend/cpu/scans.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_linear_recurrence(const NodeTypes& node) { return make_recurrence(node); }

}  // namespace koine::backend::cpu
