// Lifetimes and what may lie over what are written down here a second time: a mistake of the planner is not repeated.
#include "backend/cpu/memory.h"

#include "base/format.h"

#include <algorithm>
#include <map>

namespace koine::backend::cpu {

using namespace compile;
using ir::TypeRef;
using ir::ValueId;

std::vector<Lifetime> lifetimes_of(const Schedule& schedule) {
  std::vector<Lifetime> lifetimes(schedule.types.size());
  for (size_t s = 0; s < schedule.steps.size(); ++s) {
    const auto now = static_cast<int64_t>(s);
    for (const View& view : schedule.steps[s].in) lifetimes[view.base].last = now;
    for (ValueId v : schedule.steps[s].out) lifetimes[v] = {now, now};
  }
  for (ValueId v : schedule.outputs) lifetimes[v].last = static_cast<int64_t>(schedule.steps.size());
  return lifetimes;
}

namespace {

/// What is wrong with a plan.
struct Wrong {
  std::string what;
};
[[noreturn]] void fail(std::string what) { throw Wrong{std::move(what)}; }

class Verifier {
 public:
  Verifier(const MemoryPlan& plan, const Schedule& schedule, const std::vector<uint8_t>& donated,
           const std::vector<int64_t>& scratch_bytes, size_t safe_from)
      : plan_(plan),
        schedule_(schedule),
        donated_(donated),
        scratch_bytes_(scratch_bytes),
        safe_from_(static_cast<int64_t>(safe_from)),
        lifetimes_(lifetimes_of(schedule)) {}

  void check_sizes() {
    if (plan_.home.size() != schedule_.types.size()) fail("not every value has a place in the plan");
    if (plan_.scratch.size() != schedule_.steps.size()) fail("not every step has a place for scratch memory");
    if (plan_.result_input.size() != plan_.results.size())
      fail("results and the inputs that they lie over differ in number");
    for (ValueId v = 0; v < schedule_.graph->input_count; ++v) {
      const Home& home = plan_.home[v];
      if (home.in != Home::In::input || home.at != v) fail(cat("input %", v, " lives elsewhere"));
      in_input_.push_back(v);
    }
    for (ValueId v : schedule_.outputs)
      if (plan_.home[v].in != Home::In::result && v >= schedule_.graph->input_count)
        fail(cat("output %", v, " is no result"));
    has_result_.resize(plan_.results.size());
  }

  void check(size_t s) {
    step_ = &schedule_.steps[s];
    now_ = static_cast<int64_t>(s);
    for (ValueId v : step_->out) place(v);
    check_scratch(plan_.scratch[s], scratch_bytes_[s]);
    for (const View& view : step_->in) leave(view.base);
    for (ValueId v : step_->out) leave(v);
  }

  void check_results() const {
    for (size_t r = 0; r < has_result_.size(); ++r)
      if (!has_result_[r]) fail(cat("result ", r, " is made by no step"));
  }

 private:
  int64_t bytes(ValueId v) const {
    const TypeRef type = schedule_.types[v];
    return type->count * static_cast<int64_t>(size_of(type->dtype));
  }

  void place(ValueId v) {
    const Home& home = plan_.home[v];
    switch (home.in) {
      case Home::In::nowhere:
        fail(cat("%", v, " has no memory"));
      case Home::In::input:
        return write_input(v, home.at);
      case Home::In::result:
        return write_result(v, home.at);
      case Home::In::arena:
        return write_arena(v, home.at);
    }
  }

  void write_result(ValueId v, int64_t r) {
    if (r < 0 || r >= static_cast<int64_t>(plan_.results.size()) || plan_.results[static_cast<size_t>(r)] != v)
      fail(cat("%", v, " is not the result that it lives in"));
    has_result_[static_cast<size_t>(r)] = 1;
    if (const int64_t input = plan_.result_input[static_cast<size_t>(r)]; input >= 0) write_input(v, input);
  }

  void write_input(ValueId v, int64_t input) {
    if (input < 0 || input >= static_cast<int64_t>(in_input_.size())) fail(cat("there is no input ", input));
    if (!donated_[static_cast<size_t>(input)])
      fail(cat("%", v, " is written over input ", input, ", which is not donated"));
    if (now_ < safe_from_) fail(cat("%", v, " is written over input ", input, " while a later step can fail"));
    ValueId& there = in_input_[static_cast<size_t>(input)];
    if (bytes(v) != bytes(there)) fail(cat("%", v, " has another size than input ", input));
    if (!is_free(there) && !may_take_over(there, v))
      fail(cat("%", v, " is written over %", there, ", which is needed"));
    there = v;
  }

  void write_arena(ValueId v, int64_t at) {
    const int64_t end = at + bytes(v);
    if (at < 0 || end > plan_.arena_bytes) fail(cat("%", v, " reaches out of the arena"));
    if (at % alignment != 0) fail(cat("%", v, " is not aligned"));
    if (at == end) return;
    for (auto there = first_behind(at); there != arena_.end() && there->first < end; there = arena_.erase(there))
      if (const ValueId other = there->second;
          plan_.home[other].at != at || bytes(other) != end - at || !may_take_over(other, v))
        fail(cat("%", v, " is written over %", other, ", which is needed"));
    arena_[at] = v;
  }

  void check_scratch(int64_t at, int64_t size) const {
    if (at < 0 || at + size > plan_.arena_bytes) fail("its scratch memory reaches out of the arena");
    if (at % alignment != 0) fail("its scratch memory is not aligned");
    if (const auto there = first_behind(at); size > 0 && there != arena_.end() && there->first < at + size)
      fail(cat("its scratch memory lies over %", there->second));
  }

  /// The first value of the arena that ends behind a place.
  std::map<int64_t, ValueId>::const_iterator first_behind(int64_t at) const {
    auto found = arena_.upper_bound(at);
    if (found != arena_.begin())
      if (auto before = std::prev(found); before->first + bytes(before->second) > at) return before;
    return found;
  }

  bool is_free(ValueId v) const { return lifetimes_[v].last < now_; }
  void leave(ValueId v) {
    if (lifetimes_[v].last > now_ || plan_.home[v].in != Home::In::arena) return;
    if (auto found = arena_.find(plan_.home[v].at); found != arena_.end() && found->second == v) arena_.erase(found);
  }

  // ---- what may be written over

  /// Whether the step may write its result `to` over its operand `from`.
  bool may_take_over(ValueId from, ValueId to) const {
    if (lifetimes_[from].last != now_ || lifetimes_[from].made == now_) return false;
    return step_->kernel ? is_elementwise(from, to) : is_in_place(from, to);
  }

  /// Whether the kernel reads `from` only where it writes `to`.
  bool is_elementwise(ValueId from, ValueId to) const {
    const Kernel& kernel = *step_->kernel;
    if (kernel.loop != Loop::map) return false;
    const Access* stored = nullptr;
    for (const Store& store : kernel.stores) {
      if (step_->out[store.to.buffer - step_->in.size()] != to) continue;
      if (stored) return false;
      stored = &store.to;
    }
    return stored && std::all_of(kernel.loads.begin(), kernel.loads.end(), [&](const Access& load) {
             return step_->in[load.buffer].base != from ||
                    (load.offset == stored->offset && load.strides == stored->strides &&
                     size_of(load.dtype) == size_of(stored->dtype));
           });
  }

  /// Whether the node says that its result may lie over this operand.
  bool is_in_place(ValueId from, ValueId to) const {
    const ir::GraphNode& node = schedule_.graph->nodes[step_->nodes[0]];
    if (to != step_->out[0]) return false;
    for (size_t k = 0; k < step_->in.size(); ++k) {
      const View& view = step_->in[k];
      if (view.base != from) continue;
      const TypeRef type = schedule_.graph->types[schedule_.graph->operands_of(node)[k]];
      if (node.op->in_place != static_cast<int>(k) || !is_dense(view, type->shape)) return false;
    }
    return true;
  }

  static constexpr int64_t alignment = 64;

  const MemoryPlan& plan_;
  const Schedule& schedule_;
  const std::vector<uint8_t>& donated_;
  const std::vector<int64_t>& scratch_bytes_;
  int64_t safe_from_;
  std::vector<Lifetime> lifetimes_;
  const Step* step_ = nullptr;
  int64_t now_ = 0;
  std::map<int64_t, ValueId> arena_;  // what is alive there, by its place
  std::vector<ValueId> in_input_;     // per input, what its memory holds
  std::vector<uint8_t> has_result_;
};

}  // namespace

void verify(const MemoryPlan& plan, const Schedule& schedule, const std::vector<uint8_t>& donated,
            const std::vector<int64_t>& scratch_bytes, size_t safe_from) {
  size_t s = 0;
  try {
    Verifier verifier(plan, schedule, donated, scratch_bytes, safe_from);
    verifier.check_sizes();
    for (; s < schedule.steps.size(); ++s) verifier.check(s);
    verifier.check_results();
  } catch (const Wrong& wrong) {
    throw Error(cat("[verify] step ", s, ": ", wrong.what, "\n", to_string(plan, schedule, scratch_bytes)));
  }
}

}  // namespace koine::backend::cpu
