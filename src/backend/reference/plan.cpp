#include "backend/reference/plan.h"

#include "backend/can_fail.h"
#include "base/narrow.h"

#include <algorithm>
#include <map>

namespace koine::backend {

using namespace ir;

namespace {

class Planner {
 public:
  Planner(const GraphRef& graph, const std::vector<uint8_t>& donated) : graph_(*graph) {
    plan_.graph = graph;
    size_t n = graph_.types.size();
    plan_.slot.assign(n, no_slot);
    last_use_.assign(n, SIZE_MAX);
    for (TypeRef type : graph_.types) {
      plan_.shape.emplace_back();
      for (Dim d : type->shape) plan_.shape.back().push_back(d.value());
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      for (ValueId operand : graph_.operands_of(graph_.nodes[i])) last_use_[operand] = i;
    for (ValueId output : graph_.outputs) last_use_[output] = graph_.nodes.size();
    takes_donations_ = std::find(donated.begin(), donated.end(), 1) != donated.end() && !can_fail(graph_);
    for (uint32_t i = 0; takes_donations_ && i < graph_.input_count; ++i)
      if (donated[i] && last_use_[i] < graph_.nodes.size()) {
        plan_.slot[i] = new_slot(bytes(i));
        plan_.input_of[plan_.slot[i]] = i;
      }
  }

  Plan run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const GraphNode& node = graph_.nodes[i];
      if (!take_over(node, i))
        for (uint32_t k = 0; k < node.output_count; ++k) {
          ValueId value = node.first_output + k;
          if (last_use_[value] != SIZE_MAX || node.output_count == 1) plan_.slot[value] = find_slot(bytes(value));
        }
      for (ValueId operand : graph_.operands_of(node)) free_after(operand, i);
      for (uint32_t k = 0; k < node.output_count; ++k)
        if (last_use_[node.first_output + k] == SIZE_MAX) free_now(node.first_output + k);
    }
    return std::move(plan_);
  }

 private:
  int64_t bytes(ValueId value) const {
    TypeRef type = graph_.types[value];
    return type->count * static_cast<int64_t>(size_of(type->dtype));
  }
  uint32_t new_slot(int64_t size) {
    plan_.slot_bytes.push_back(size);
    plan_.input_of.push_back(no_slot);
    return narrow<uint32_t>(plan_.slot_bytes.size() - 1);
  }
  // An exact fit only: an output keeps its buffer for as long as the user likes.
  uint32_t find_slot(int64_t size) {
    auto found = free_.find(size);
    if (found == free_.end()) return new_slot(size);
    uint32_t slot = found->second;
    free_.erase(found);
    return slot;
  }
  bool take_over(const GraphNode& node, size_t at) {
    if (node.op->in_place == -1 || node.output_count != 1) return false;
    auto operands = graph_.operands_of(node);
    for (size_t k = 0; k < operands.size(); ++k) {
      ValueId operand = operands[k];
      if (node.op->in_place >= 0 && k != static_cast<size_t>(node.op->in_place)) continue;
      if (plan_.slot[operand] == no_slot || last_use_[operand] != at) continue;
      if (std::count(operands.begin(), operands.end(), operand) != 1) continue;
      // An elementwise result may only lie over an operand of its own type; a broadcast one is read more than once.
      if (bytes(operand) != bytes(node.first_output) ||
          graph_.types[operand]->dtype != graph_.types[node.first_output]->dtype)
        continue;
      if (node.op->in_place == -2 && graph_.types[operand] != graph_.types[node.first_output]) continue;
      plan_.slot[node.first_output] = plan_.slot[operand];
      taken_ = operand;
      return true;
    }
    return false;
  }
  void free_after(ValueId value, size_t at) {
    if (last_use_[value] == at && value != taken_) free_now(value);
    if (last_use_[value] == at) last_use_[value] = SIZE_MAX - 1;
  }
  void free_now(ValueId value) {
    uint32_t slot = plan_.slot[value];
    // A donated buffer is not handed to unrelated values: its holder may be an output of another size class.
    if (slot != no_slot && plan_.input_of[slot] == no_slot) free_.emplace(plan_.slot_bytes[slot], slot);
  }

  const Graph& graph_;
  Plan plan_;
  std::vector<size_t> last_use_;
  std::multimap<int64_t, uint32_t> free_;
  ValueId taken_ = UINT32_MAX;
  bool takes_donations_ = false;
};

}  // namespace

Plan make_plan(const GraphRef& graph, const std::vector<uint8_t>& donated) { return Planner(graph, donated).run(); }

}  // namespace koine::backend
