#include "backend/cpu/memory.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace koine::backend::cpu {

using namespace compile;
using ir::TypeRef;
using ir::ValueId;

namespace {

constexpr int64_t alignment = 64;

/// Free stretches of memory that can grow at its end.
class Stretches {
 public:
  int64_t take(int64_t bytes) {
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it)
      if (it->second >= bytes && (best == free_.end() || it->second < best->second)) best = it;
    if (best == free_.end()) {
      // The last stretch grows when it ends the memory.
      int64_t at = end_;
      if (!free_.empty() && std::prev(free_.end())->first + std::prev(free_.end())->second == end_) {
        at = std::prev(free_.end())->first;
        free_.erase(std::prev(free_.end()));
      }
      end_ = at + bytes;
      return at;
    }
    auto [at, size] = *best;
    free_.erase(best);
    if (size > bytes) free_.emplace(at + bytes, size - bytes);
    return at;
  }
  void give(int64_t at, int64_t bytes) {
    if (bytes == 0) return;
    auto next = free_.emplace(at, bytes).first;
    if (auto after = std::next(next); after != free_.end() && at + bytes == after->first) {
      next->second += after->second;
      free_.erase(after);
    }
    if (next != free_.begin())
      if (auto before = std::prev(next); before->first + before->second == at) {
        before->second += next->second;
        free_.erase(next);
      }
  }
  int64_t end() const { return end_; }

 private:
  std::map<int64_t, int64_t> free_;  // offset to size
  int64_t end_ = 0;
};

class Planner {
 public:
  Planner(const Schedule& schedule, const std::vector<uint8_t>& donated, const std::vector<int64_t>& scratch,
          size_t safe_from)
      : schedule_(schedule), donated_(donated), scratch_bytes_(scratch), safe_from_(safe_from) {
    plan_.home.resize(schedule.types.size());
    last_use_.assign(schedule.types.size(), -1);
    is_result_.resize(schedule.types.size());
    taken_.resize(schedule.types.size());
    for (size_t v = 0; v < schedule.graph->input_count; ++v) plan_.home[v] = {Home::In::input, static_cast<int64_t>(v)};
    for (size_t s = 0; s < schedule.steps.size(); ++s)
      for (const View& view : schedule.steps[s].in) last_use_[view.base] = static_cast<int64_t>(s);
    for (ValueId output : schedule.outputs) {
      last_use_[output] = INT64_MAX;
      is_result_[output] = output >= schedule.graph->input_count;
    }
  }

  MemoryPlan run() {
    for (size_t s = 0; s < schedule_.steps.size(); ++s) {
      const Step& step = schedule_.steps[s];
      for (size_t k = 0; k < step.out.size(); ++k)
        if (!take_over(step, s, k)) settle(step.out[k]);
      int64_t scratch = arena_.take(rounded(scratch_bytes_[s]));
      plan_.scratch.push_back(scratch);
      arena_.give(scratch, rounded(scratch_bytes_[s]));
      for (const View& view : step.in) release(view.base, s);
      for (ValueId v : step.out)
        if (last_use_[v] < 0) free_now(v);
    }
    plan_.arena_bytes = arena_.end();
    return std::move(plan_);
  }

 private:
  static int64_t rounded(int64_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }
  int64_t bytes(ValueId v) const {
    TypeRef type = schedule_.types[v];
    return type->count * static_cast<int64_t>(size_of(type->dtype));
  }

  void settle(ValueId v) {
    if (is_result_[v]) {
      plan_.home[v] = {Home::In::result, static_cast<int64_t>(plan_.results.size())};
      plan_.results.push_back(v);
      plan_.result_input.push_back(-1);
    } else {
      plan_.home[v] = {Home::In::arena, arena_.take(rounded(bytes(v)))};
    }
  }

  /// Writes result k of a step over an operand that is read for the last time, each element before it is written.
  bool take_over(const Step& step, size_t s, size_t k) {
    if (!step.kernel) return updates(step, s, k);
    if (step.kernel->loop != Loop::map) return false;
    const Access* stored = nullptr;
    for (const Store& store : step.kernel->stores) {
      if (store.to.buffer != step.in.size() + k) continue;
      if (stored) return false;  // in parts
      stored = &store.to;
    }
    const Access& to = *stored;
    for (size_t i = 0; i < step.in.size(); ++i) {
      ValueId v = step.in[i].base;
      if (last_use_[v] != static_cast<int64_t>(s) || bytes(v) != bytes(step.out[k])) continue;
      if (taken_[v]) continue;
      bool same = true;
      for (const Access& load : step.kernel->loads)
        if (load.buffer == i)
          same = same && load.offset == to.offset && load.strides == to.strides &&
                 size_of(load.dtype) == size_of(to.dtype);
      if (!same) continue;
      if (hand_over(v, step.out[k], s)) return true;
    }
    return false;
  }

  /// Result k of a node that changes a part of an operand.
  bool updates(const Step& step, size_t s, size_t k) {
    const ir::GraphNode& node = schedule_.graph->nodes[step.nodes[0]];
    int operand = node.op->in_place;
    if (operand < 0 || k != 0) return false;
    ValueId v = step.in[static_cast<size_t>(operand)].base;
    auto uses = std::count_if(step.in.begin(), step.in.end(), [&](const View& view) { return view.base == v; });
    return uses == 1 && last_use_[v] == static_cast<int64_t>(s) && bytes(v) == bytes(step.out[k]) &&
           hand_over(v, step.out[k], s);
  }

  bool hand_over(ValueId from, ValueId to, size_t s) {
    const Home& home = plan_.home[from];
    bool given = home.in == Home::In::input && donated_[static_cast<size_t>(home.at)] && s >= safe_from_;
    if (!given && (is_result_[to] || home.in != Home::In::arena)) return false;
    if (is_result_[to]) {
      plan_.home[to] = {Home::In::result, static_cast<int64_t>(plan_.results.size())};
      plan_.results.push_back(to);
      plan_.result_input.push_back(home.at);
    } else {
      plan_.home[to] = home;
    }
    taken_[from] = 1;
    return true;
  }

  void release(ValueId v, size_t s) {
    if (last_use_[v] != static_cast<int64_t>(s)) return;
    last_use_[v] = INT64_MAX;  // once
    if (!taken_[v]) free_now(v);
  }
  void free_now(ValueId v) {
    if (plan_.home[v].in == Home::In::arena) arena_.give(plan_.home[v].at, rounded(bytes(v)));
  }

  const Schedule& schedule_;
  const std::vector<uint8_t>& donated_;
  const std::vector<int64_t>& scratch_bytes_;
  size_t safe_from_;
  MemoryPlan plan_;
  std::vector<int64_t> last_use_;
  std::vector<uint8_t> is_result_;
  std::vector<uint8_t> taken_;  // by a result of a step
  Stretches arena_;
};

}  // namespace

MemoryPlan plan_memory(const Schedule& schedule, const std::vector<uint8_t>& donated,
                       const std::vector<int64_t>& scratch_bytes, size_t safe_from) {
  return Planner(schedule, donated, scratch_bytes, safe_from).run();
}

}  // namespace koine::backend::cpu
