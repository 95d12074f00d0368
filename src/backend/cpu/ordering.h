#pragma once
#include "backend/cpu/kernel.h"

namespace koine::backend::cpu {

/// The first elements of each line in their order, stable, NaN last in both directions.
struct Order {
  int64_t axis;
  bool descending;
  int64_t first;  // how many of each line
};
/// Writes the elements to output `values` and their places to output `places`; -1 for none.
std::unique_ptr<NodeKernel> make_order(const NodeTypes& node, Order order, int values, int places);
/// The place of the first largest, or least, element among the axes that attribute `axis` names; a NaN wins.
std::unique_ptr<NodeKernel> make_best_place(const NodeTypes& node, bool largest);

}  // namespace koine::backend::cpu
