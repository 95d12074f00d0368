#pragma once
#include "backend/cpu/gemm/product.h"

namespace koine::backend::cpu {

/// A product by hand-made tiles of the machine's vectors; null for dtypes that are not floating. Each element is one
/// sum in the order of the inner axis, so its bits depend on the instruction set alone.
std::unique_ptr<NodeKernel> make_blocked_product(const Product& product);

}  // namespace koine::backend::cpu
