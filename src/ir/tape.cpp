#include "base/format.h"
#include "ir/pending.h"
#include "ir/trace_end.h"

/// Reading values, and the history that a running grad keeps of them.
namespace koine::ir {

namespace {

thread_local int tape_depth = 0;
thread_local std::vector<Array>* tape_history = nullptr;

// What an abstract value depends on.
struct Origin {
  const Node* placeholder = nullptr;
  const Node* last = nullptr;  // the youngest node that knows its line
};
Origin origin_of(const Node* node) {
  Origin origin;
  std::vector<const Node*> stack{node};
  uint64_t mark = next_serial();
  while (!stack.empty()) {
    const Node* top = stack.back();
    stack.pop_back();
    if (top->placeholder_of && !origin.placeholder) origin.placeholder = top;
    if (top->op && top->where.line() && (!origin.last || origin.last->serial < top->serial)) origin.last = top;
    for (const Out* operand : top->in()) {
      Node* next = operand->node;
      if (!next->abstract || next->visited == mark) continue;
      next->visited = mark;
      stack.push_back(next);
    }
  }
  return origin;
}

// Only pending nodes have a slot; in a placeholder it says that its trace has ended.
constexpr uint32_t ended = 1;

[[noreturn]] void throw_no_value(const Out& out, std::source_location where) {
  const Origin origin = origin_of(out.node);
  const Node& node = origin.last ? *origin.last : *out.node;
  const char* transform = origin.placeholder ? origin.placeholder->placeholder_of : "a trace";
  const std::string value =
      cat(node.op ? node.op->name : "argument", " : ", to_string(*out.type), " made at ", to_string(node.where));
  const std::string line = cat("\n  at ", to_string(where));
  if (origin.placeholder && origin.placeholder->slot == ended)
    throw TraceError(cat("[read] a value left ", transform, ", which has ended, and never gets a value: ", value,
                         "; return it from the function", line));
  throw TraceError(cat("[read] inside ", transform, " only shapes are known, not values: ", value, line));
}

}  // namespace

TraceEnd::~TraceEnd() {
  GraphLock lock(graph_mutex());
  for (const Array& x : placeholders_)
    if (x.defined()) node_of(x)->slot = ended;
}

void refuse_ended(const Array& x, std::source_location where) {
  if (!node_of(x)->abstract) return;
  GraphLock lock(graph_mutex());
  const Origin origin = origin_of(node_of(x));
  if (origin.placeholder && origin.placeholder->slot == ended) throw_no_value(*x.out(), where);
}

void enter_tape() {
  if (tape_depth++ != 0) return;
  tape_history = new std::vector<Array>;
  GraphLock lock(graph_mutex());
  ++running_tapes;
}
void leave_tape() noexcept {
  if (--tape_depth != 0) return;
  std::vector<Array>* history = std::exchange(tape_history, nullptr);
  {
    GraphLock lock(graph_mutex());
    --running_tapes;
    for (const Array& x : *history) NodePool::drop_operands(node_of(x));
  }
  delete history;
}
bool tape_active() { return tape_depth > 0; }

bool keep_history(Node* node) {
  if (!node->taped || !tape_history) return false;
  tape_history->push_back(revive(&node->outs()[0]));
  return true;
}

void evaluate(const Array& x, std::source_location where) {
  Out& out = *x.out();
  if (out.ready.load(std::memory_order_acquire)) return;
  GraphLock lock(graph_mutex());
  if (out.node->abstract) {
    throw_no_value(out, current_source(where));
  }
  evaluate_pending(out);
}

}  // namespace koine::ir
