#pragma once
#include "backend/cpu/kernel.h"

namespace koine::backend::cpu {

/// Scans: each element joined with all before it along an axis. Sums and products of float32 go on in double precision
/// and are rounded where they are stored, as the ops' definitions do.
enum class Scan : uint8_t { sum, product, maximum };
std::unique_ptr<NodeKernel> make_scan(const NodeTypes& node, Scan scan);
/// y[k] = x1[k] y[k - 1] + x2[k] along an axis.
std::unique_ptr<NodeKernel> make_recurrence(const NodeTypes& node);

}  // namespace koine::backend::cpu
