#include "backend/cpu/indexed.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_put_along_axis_add(const NodeTypes& node) { return make_put_along(node); }

}  // namespace koine::backend::cpu
