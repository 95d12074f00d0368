#include "backend/cpu/scans.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_cumprod(const NodeTypes& node) { return make_scan(node, Scan::product); }

}  // namespace koine::backend::cpu
