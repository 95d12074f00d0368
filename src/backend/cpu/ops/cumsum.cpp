#include "backend/cpu/scans.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_cumsum(const NodeTypes& node) { return make_scan(node, Scan::sum); }

}  // namespace koine::backend::cpu
