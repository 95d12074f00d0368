#include "base/dtype_traits.h"
#include "ir/node.h"
#include "ir/rethrow.h"
#include "python/python.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

/// koine.debug(nan=True): the first op that makes a NaN of operands without one is named.
namespace koine::python {

bool nan_checked = false;

namespace {

/// A pending value, with what was known of its node: evaluation drops the operands.
struct Step {
  Array value;
  std::vector<Array> operands;
  const ir::OpSpec* op;
  ir::AttrRef attrs;
  uint64_t serial;
};

std::vector<Step> pending_before(const Array& result) {
  ir::GraphLock lock(ir::graph_mutex());
  std::vector<Step> steps;
  std::unordered_set<ir::Out*> seen{result.out()};
  std::vector<ir::Out*> stack{result.out()};
  while (!stack.empty()) {
    ir::Out* out = stack.back();
    stack.pop_back();
    const ir::Node* node = out->node;
    if (!node->op || node->abstract || out->ready.load()) continue;
    Step step{ir::revive(out), {}, node->op, node->attrs, node->serial};
    for (ir::Out* operand : node->in()) {
      step.operands.push_back(ir::revive(operand));
      if (seen.insert(operand).second) stack.push_back(operand);
    }
    steps.push_back(std::move(step));
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.serial < b.serial; });
  return steps;
}

bool has_nan(const Array& x) {
  if (!is_inexact(x.dtype())) return false;
  int64_t count = x.size() * (is_complex(x.dtype()) ? 2 : 1);
  std::vector<double> wide(static_cast<size_t>(count));
  convert(x.dtype(), read(x), is_complex(x.dtype()) ? complex128 : float64, reinterpret_cast<std::byte*>(wide.data()),
          x.size());
  return std::any_of(wide.begin(), wide.end(), [](double value) { return std::isnan(value); });
}

}  // namespace

void check_nan(const Array& result) {
  for (const Step& step : pending_before(result)) {
    if (!has_nan(step.value) || std::any_of(step.operands.begin(), step.operands.end(), has_nan)) continue;
    std::vector<ir::TypeRef> types;
    for (const Array& operand : step.operands) types.push_back(ir::type_of(operand));
    try {
      ir::rethrow_for_op(Error("gave a NaN, of operands that have none"), *step.op, types, step.attrs.get(),
                         ir::node_of(step.value)->where);
    } catch (const Error& error) {
      raise("NanError", error);
      throw PythonError();
    }
  }
}

}  // namespace koine::python
