#include "compile/passes.h"

#include "base/format.h"

#include <algorithm>

namespace koine::compile {

std::span<const uint16_t> operands_of(const Instr& instr, uint16_t (&room)[3]) {
  room[0] = instr.a;
  room[1] = instr.b;
  room[2] = instr.c;
  switch (instr.action) {
    case Action::load:
    case Action::constant:
      return {};
    case Action::compute:
      return {room, static_cast<size_t>(scalar::arity(instr.prim))};
    default:
      return {room, 1};
  }
}

namespace {

class Planner {
 public:
  explicit Planner(const Kernel& kernel) : kernel_(kernel) { plan_.passes.resize(kernel.passes); }

  Passes run() {
    for (size_t i = 0; i < kernel_.code.size(); ++i) add(static_cast<uint16_t>(i));
    for (size_t s = 0; s < kernel_.stores.size(); ++s) {
      uint16_t value = kernel_.stores[s].value;
      const Instr& instr = kernel_.code[value];
      // Only the columns of a row's fold are gone from its stores.
      bool wide = instr.wide || kernel_.stores[s].to.strides.back() != 0;
      if (!wide) {
        plan_.stores.push_back(static_cast<uint16_t>(s));
        continue;
      }
      size_t p = std::min<size_t>(instr.pass + (instr.action == Action::fold ? 1u : 0u), kernel_.passes - 1u);
      plan_.passes[p].stores.push_back(static_cast<uint16_t>(s));
      use(value, p);
    }
    for (Passes::Pass& pass : plan_.passes) {
      for (auto* list : {&pass.wide, &pass.spilled}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
      }
      plan_.spills.insert(plan_.spills.end(), pass.spilled.begin(), pass.spilled.end());
    }
    return std::move(plan_);
  }

 private:
  void add(uint16_t i) {
    const Instr& instr = kernel_.code[i];
    uint16_t room[3];
    if (instr.action == Action::load || instr.action == Action::constant) {
      if (!instr.wide) plan_.passes[0].row.push_back(i);
      return;
    }
    bool in_pass = instr.wide || instr.action == Action::fold;
    if (!in_pass) {
      (instr.pass < kernel_.passes ? plan_.passes[instr.pass].row : plan_.row).push_back(i);
      return;
    }
    for (uint16_t operand : operands_of(instr, room)) use(operand, instr.pass);
    Passes::Pass& pass = plan_.passes[instr.pass];
    (instr.action == Action::fold ? pass.folds : pass.wide).push_back(i);
  }

  /// The value is needed for every column in pass p.
  void use(uint16_t value, size_t p) {
    const Instr& instr = kernel_.code[value];
    if (!instr.wide || instr.action == Action::fold) return;
    if (instr.action == Action::load)
      plan_.passes[p].wide.push_back(value);
    else if (instr.pass < p)
      plan_.passes[instr.pass].spilled.push_back(value);
  }

  const Kernel& kernel_;
  Passes plan_;
};

}  // namespace

Passes passes_of(const Kernel& kernel) { return Planner(kernel).run(); }

std::string to_string(const Passes& plan) {
  std::string text;
  auto add = [&](const char* what, const std::vector<uint16_t>& list, const char* mark) {
    if (list.empty()) return;
    text += cat(text.ends_with(':') ? " " : ", ", what);
    for (uint16_t i : list) text += cat(" ", mark, i);
  };
  for (size_t p = 0; p < plan.passes.size(); ++p) {
    const Passes::Pass& pass = plan.passes[p];
    text += cat("  pass ", p, ":");
    add("for the row", pass.row, "%");
    add("for each column", pass.wide, "%");
    add("folds", pass.folds, "%");
    add("keeps", pass.spilled, "%");
    add("stores", pass.stores, "");
    text += "\n";
  }
  if (plan.row.empty() && plan.stores.empty()) return text;
  text += "  after them:";
  add("for the row", plan.row, "%");
  add("stores", plan.stores, "");
  return text + "\n";
}

}  // namespace koine::compile
