#include "backend/cpu/memory.h"
#include "support/schedules.h"
#include "support/temp_folder.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <functional>

// A plan that the planner made, with one thing changed, is refused for that.
using namespace koine;
using namespace koine::backend::cpu;
using compile::Schedule;
using ir::Arrays;

namespace {

using Inputs = std::span<const Array>;

Schedule schedule_of_lines(size_t inputs, const std::function<Arrays(Inputs)>& f) {
  return testing::schedule_of(std::vector<ir::TypeRef>(inputs, ir::intern_type(float32, {32})), f);
}

/// What a plan is made and verified for.
struct Case {
  Schedule schedule;
  std::vector<uint8_t> donated = std::vector<uint8_t>(schedule.graph->input_count);
  std::vector<int64_t> scratch = std::vector<int64_t>(schedule.steps.size());
  size_t safe_from = 0;
};

std::string complaint_of(const Case& one, const MemoryPlan& plan) {
  return testing::complaint_of([&] { verify(plan, one.schedule, one.donated, one.scratch, one.safe_from); });
}
MemoryPlan good_plan(const Case& one) {
  MemoryPlan plan = plan_memory(one.schedule, one.donated, one.scratch, one.safe_from);
  CHECK(complaint_of(one, plan) == "");
  return plan;
}
void refuses(const Case& one, const std::function<void(MemoryPlan&)>& change, const std::string& complaint) {
  MemoryPlan plan = good_plan(one);
  change(plan);
  const std::string found = complaint_of(one, plan);
  CHECK_MESSAGE(testing::contains(found, complaint), complaint, " | ", found);
}

bool same(const Home& a, const Home& b) { return a.in == b.in && a.at == b.at; }

/// %1 and %2 by nodes, both read by the kernel that makes the result %3.
Case two_in_arena() {
  return {schedule_of_lines(1, [](Inputs x) { return Arrays{cumsum(x[0]) * cumprod(x[0])}; }), {0}, {0, 100, 0}};
}
/// %1 by a node, %2 from it by what `f` is, the result %3 from %2 by a node.
template <class F>
Case chain(F f) {
  return {schedule_of_lines(1, [&](Inputs x) { return Arrays{cumsum(f(cumsum(x[0])))}; })};
}
/// A result over a donated input.
Case donated() {
  return {schedule_of_lines(2, [](Inputs x) { return Arrays{x[0] * x[1]}; }), {1, 0}};
}

}  // namespace

TEST_CASE("memory plan: a result lies over an operand that is read element by element, or that the op changes") {
  Case one = chain([](const Array& x) { return exp(x) + x; });
  MemoryPlan plan = good_plan(one);
  const ir::ValueId from = one.schedule.steps[1].in[0].base, to = one.schedule.steps[1].out[0];
  CHECK(same(plan.home[from], plan.home[to]));
  CHECK(testing::contains(to_string(plan, one.schedule, one.scratch), ", from step 1 to step 2, over %1\n"));
  one = chain([](const Array& x) { return update_slice(x, zeros({3}), {.starts = {0}}); });
  plan = good_plan(one);
  CHECK(same(plan.home[one.schedule.steps.back().in[0].base], plan.home[one.schedule.steps[0].out[0]]));
  // A row's maximum is read before the row is written, and folds of columns read all of it.
  for (auto whole :
       {chain([](const Array& x) { return softmax(x); }), chain([](const Array& x) { return cumprod(x); })}) {
    plan = good_plan(whole);
    CHECK(!same(plan.home[whole.schedule.steps[1].in[0].base], plan.home[whole.schedule.steps[1].out[0]]));
  }
}

TEST_CASE("memory plan: the text says where values live, how long, and what lies over what") {
  const Case arena = two_in_arena(), given = donated();
  const std::string text = to_string(good_plan(arena), arena.schedule, arena.scratch);
  for (const char* part : {"arena of 384 bytes\n", "  %0 : float32[32], input 0, 128 bytes, from the start to step 1\n",
                           "  %1 : float32[32], arena at 0, 128 bytes, from step 0 to step 2\n",
                           "step 1, scratch of 100 bytes in the arena at 256\n",
                           "  %3 : float32[32], result 0, 128 bytes, from step 2 to the end"})
    CHECK_MESSAGE(testing::contains(text, part), part, text);
  const std::string over = to_string(good_plan(given), given.schedule, given.scratch);
  CHECK_MESSAGE(testing::contains(over, "input 0, 128 bytes, is result 0, from step 0 to the end, over %0\n"), over);
}

TEST_CASE("memory plan: every value and step has a place of its kind") {
  const Case one = two_in_arena();
  refuses(one, [](MemoryPlan& p) { p.home.pop_back(); }, "step 0: not every value has a place");
  refuses(one, [](MemoryPlan& p) { p.scratch.pop_back(); }, "not every step has a place for scratch memory");
  refuses(one, [](MemoryPlan& p) { p.result_input.clear(); }, "differ in number");
  refuses(one, [](MemoryPlan& p) { p.home[0].at = 1; }, "input %0 lives elsewhere");
  refuses(one, [](MemoryPlan& p) { p.home[1].in = Home::In::nowhere; }, "step 0: %1 has no memory");
  refuses(one, [](MemoryPlan& p) { p.home[3] = {Home::In::arena, 0}; }, "output %3 is no result");
  refuses(one, [](MemoryPlan& p) { p.home[3].at = 1; }, "step 2: %3 is not the result that it lives in");
  refuses(one, [](MemoryPlan& p) { p.results[0] = 2; }, "%3 is not the result that it lives in");
  refuses(
      one,
      [](MemoryPlan& p) {
        p.results.push_back(2);
        p.result_input.push_back(-1);
      },
      "step 3: result 1 is made by no step");
}

TEST_CASE("memory plan: what is alive at a step shares no byte of the arena") {
  const Case one = two_in_arena();
  refuses(one, [](MemoryPlan& p) { p.arena_bytes = 200; }, "step 1: %2 reaches out of the arena");
  refuses(one, [](MemoryPlan& p) { p.home[1].at = -64; }, "step 0: %1 reaches out of the arena");
  refuses(one, [](MemoryPlan& p) { p.home[2].at = 132; }, "step 1: %2 is not aligned");
  for (const int64_t at : {0, 64})
    refuses(one, [&](MemoryPlan& p) { p.home[2].at = at; }, "step 1: %2 is written over %1, which is needed");
  refuses(one, [](MemoryPlan& p) { p.scratch[1] = 320; }, "step 1: its scratch memory reaches out of the arena");
  refuses(one, [](MemoryPlan& p) { p.scratch[1] = 260; }, "step 1: its scratch memory is not aligned");
  for (const int64_t at : {0, 64, 192})
    refuses(one, [&](MemoryPlan& p) { p.scratch[1] = at; }, "step 1: its scratch memory lies over %");
}

TEST_CASE("memory plan: only what is read element by element at its own place is written over") {
  // Rows are read again after they are written; a node that says nothing may read in any order.
  auto over_operand = [](const Case& one) {
    const compile::Step& step = one.schedule.steps[1];
    refuses(one, [&](MemoryPlan& p) { p.home[step.out[0]] = p.home[step.in[0].base]; }, "which is needed");
  };
  over_operand(chain([](const Array& x) { return softmax(x); }));
  over_operand(chain([](const Array& x) { return cumprod(x); }));
  over_operand(chain([](const Array& x) { return exp(reverse(x)); }));
  // Two results of one step, and an operand that a later step reads.
  const Case twice{schedule_of_lines(1, [](Inputs x) {
    Array y = cumsum(x[0]);
    return Arrays{cumsum(y * 2) * cumprod(y * 3)};
  })};
  const compile::Step& step = twice.schedule.steps[1];
  REQUIRE(step.out.size() == 2);
  refuses(twice, [&](MemoryPlan& p) { p.home[step.out[1]] = p.home[step.out[0]]; }, "step 1: %");
  const Case later{schedule_of_lines(1, [](Inputs x) {
    Array y = cumsum(x[0]);
    return Arrays{cumsum(cumprod(y)) * y};
  })};
  refuses(
      later, [&](MemoryPlan& p) { p.home[later.schedule.steps[1].out[0]] = p.home[later.schedule.steps[0].out[0]]; },
      "which is needed");
}

TEST_CASE("memory plan: inputs are written to only where they are donated, late enough and not needed") {
  const Case given = donated();
  Case kept = given, late = given, needed = given;
  kept.donated = {0, 0};
  late.safe_from = 1;
  auto over = [](int64_t input) { return [=](MemoryPlan& p) { p.result_input[0] = input; }; };
  CHECK(good_plan(given).result_input == std::vector<int64_t>{0});
  refuses(kept, over(0), "step 0: %2 is written over input 0, which is not donated");
  refuses(given, over(1), "over input 1, which is not donated");
  refuses(late, over(0), "step 0: %2 is written over input 0 while a later step can fail");
  refuses(given, over(2), "there is no input 2");
  needed.schedule = schedule_of_lines(2, [](Inputs x) { return Arrays{cumsum(x[0]) * x[0], x[1]}; });
  needed.scratch = {0, 0};
  refuses(
      needed, [&](MemoryPlan& p) { p.home[needed.schedule.steps[0].out[0]] = {Home::In::input, 0}; },
      "which is needed");
  const Case longer{testing::schedule_of({ir::intern_type(float32, {32}), ir::intern_type(float32, {1})},
                                         [](Inputs x) { return Arrays{x[0] * x[1]}; }),
                    {0, 1}};
  refuses(longer, over(1), "%2 has another size than input 1");
}
