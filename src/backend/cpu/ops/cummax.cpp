#include "backend/cpu/scans.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_cummax(const NodeTypes& node) { return make_scan(node, Scan::maximum); }

}  // namespace koine::backend::cpu
