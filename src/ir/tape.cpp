#include "base/format.h"
#include "ir/pending.h"

/// Reading values, and the history that a running grad keeps of them.
namespace koine::ir {

namespace {

thread_local int tape_depth = 0;
thread_local std::vector<Array>* tape_history = nullptr;

const char* transform_of(Node* node) {
  std::vector<Node*> stack{node};
  uint64_t mark = next_serial();
  while (!stack.empty()) {
    Node* top = stack.back();
    stack.pop_back();
    if (top->placeholder_of) return top->placeholder_of;
    for (Out* operand : top->in()) {
      Node* next = operand->node;
      if (!next->abstract || next->visited == mark) continue;
      next->visited = mark;
      stack.push_back(next);
    }
  }
  return "a trace";
}

}  // namespace

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
    where = current_source(where);
    throw TraceError(cat("[read] inside ", transform_of(out.node),
                         " only shapes are known, not values: ", out.node->op ? out.node->op->name : "argument", " : ",
                         to_string(*out.type), " made at ", to_string(out.node->where), "\n  at ", to_string(where)));
  }
  evaluate_pending(out);
}

}  // namespace koine::ir
