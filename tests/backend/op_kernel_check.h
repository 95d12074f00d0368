#pragma once
#include "ir/op_spec.h"

#include <string>
#include <utility>
#include <vector>

/// Comparing the CPU device's own kernel for an op with the op's own definition.
namespace koine::backend::cpu {

using NamedAttrs = std::vector<std::pair<std::string, ir::AttrValue>>;
using Shapes = std::vector<std::vector<int64_t>>;

/// Runs the device's kernel for the op on random operands of these shapes, over a poisoned result, with 1, 2 and 3
/// threads: the bits must be the same each time, and every value that of the op's reference kernel within `tolerance`
/// (relative to the largest of them). Failures are reported to doctest. False when the device has no kernel for these
/// types.
bool check_op_kernel(const char* op, const NamedAttrs& attrs, DType dtype, const Shapes& shapes, double tolerance);

}  // namespace koine::backend::cpu
