#include "compile/verify.h"

#include "support/schedules.h"
#include "support/temp_folder.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <functional>

// A schedule that fuse made, with one thing changed, is refused for that.
using namespace koine;
using namespace koine::compile;
using ir::Arrays;
using testing::schedule_of;

namespace {

using Inputs = std::span<const Array>;
ir::TypeRef type(DType dtype, const Shape& shape) { return ir::intern_type(dtype, shape); }

Array shares(const Array& x) {
  Array e = exp(x - stop_gradient(max(x, {.axis = -1, .keepdims = true})));
  return e / sum(e, {.axis = -1, .keepdims = true});
}
/// A fold of rows in three passes, a node that is no kernel, a fold of columns.
Schedule three_steps() {
  return schedule_of({type(float32, {6, 40}), type(float32, {40, 5}), type(int32, {6, 40})},
                     [](Inputs x) { return Arrays{sum(matmul(shares(x[0]), x[1]), {.axis = {0}}), x[2] + 1}; });
}
Schedule two_stores() {
  return schedule_of({type(float32, {3, 4})},
                     [](Inputs x) { return Arrays{concatenate({x[0] * 2, x[0] + 1}, {.axis = 1})}; });
}
Schedule choice() {
  return schedule_of({type(float32, {3, 4})}, [](Inputs x) { return Arrays{where(x[0] < 1, x[0] * 3, x[0])}; });
}
Schedule half_columns() {
  return schedule_of({type(float16, {300, 4})}, [](Inputs x) { return Arrays{sum(x[0], {.axis = {0}})}; });
}

void refuses(Schedule schedule, const std::function<void(Schedule&)>& change, const std::string& complaint) {
  REQUIRE(testing::complaint_of([&] { verify(schedule); }) == "");
  change(schedule);
  const std::string found = testing::complaint_of([&] { verify(schedule); });
  CHECK_MESSAGE(testing::contains(found, complaint), complaint, " | ", found);
}
/// The same of a change to the kernel of the first step.
void refuses_kernel(Schedule schedule, const std::function<void(Kernel&)>& change, const std::string& complaint) {
  refuses(std::move(schedule), [&](Schedule& s) { change(*s.steps[0].kernel); }, complaint);
}

}  // namespace

TEST_CASE("verify: schedules of halves, complex numbers, parts and empty domains are well formed") {
  auto good = [](const std::vector<ir::TypeRef>& types, const std::function<Arrays(Inputs)>& f) {
    CHECK(testing::complaint_of([&] { verify(schedule_of(types, f)); }) == "");
  };
  good({type(bfloat16, {4, 300})}, [](Inputs x) { return Arrays{softmax(x[0]), mean(x[0])}; });
  good({type(complex64, {3, 4})}, [](Inputs x) { return Arrays{transpose(x[0]) * transpose(x[0])}; });
  good({type(float32, {3, 0})}, [](Inputs x) { return Arrays{sum(x[0], {.axis = {1}}), sum(x[0], {.axis = {0}})}; });
  good({type(float32, {5, 1})}, [](Inputs x) { return Arrays{broadcast_to(x[0], {.shape = {5, 7}})}; });
  good({type(float32, {5, 8})},
       [](Inputs x) { return Arrays{reverse(x[0], {.axes = {1}}), x[0].at(all, Slice{1, 6, 2})}; });
  good({type(float32, {200, 300})}, [](Inputs x) { return Arrays{sum(x[0] * x[0]), x[0]}; });
  good({}, [](Inputs) { return Arrays{full({.shape = {3}, .value = 2, .dtype = float32})}; });
}

TEST_CASE("verify: the error names the step and shows the schedule") {
  Schedule schedule = three_steps();
  schedule.steps[2].kernel->stores.clear();
  try {
    verify(schedule);
    CHECK(false);
  } catch (const Error& error) {
    CHECK(testing::contains(error.what(), "[verify] step 2: %9 is never stored\nstep 0: max subtract"));
  }
}

TEST_CASE("verify: steps read what is made before, and make what is theirs") {
  refuses(
      three_steps(), [](Schedule& s) { std::swap(s.steps[0], s.steps[1]); },
      "step 0: %7 is not made before it is read");
  refuses(three_steps(), [](Schedule& s) { s.steps.push_back(s.steps[0]); }, "step 3: %7 is made a second time");
  refuses(three_steps(), [](Schedule& s) { s.steps[0].out[0] = 1; }, "%1 is an input");
  refuses(three_steps(), [](Schedule& s) { s.steps[0].out[0] = 99; }, "%99 is no value");
  refuses(three_steps(), [](Schedule& s) { s.steps[0].nodes[0] = 99; }, "the graph has no node 99");
  refuses(three_steps(), [](Schedule& s) { s.types[0] = s.types[1]; }, "the values of the graph have other types");
  refuses(three_steps(), [](Schedule& s) { s.outputs.pop_back(); }, "another number of outputs");
  refuses(three_steps(), [](Schedule& s) { s.outputs[0] = 99; }, "step 3: output %99 is not made");
  refuses(
      three_steps(), [](Schedule& s) { s.outputs[0] = 0; },
      "output %0 is float32[6, 40], that of the graph float32[5]");
}

TEST_CASE("verify: a step without a kernel is one node, whose views stay inside of their bases") {
  refuses(three_steps(), [](Schedule& s) { s.steps[1].nodes.push_back(0); }, "step 1: it has no kernel and 2 nodes");
  refuses(three_steps(), [](Schedule& s) { s.steps[1].out.clear(); }, "other results than its node");
  refuses(three_steps(), [](Schedule& s) { s.steps[1].in.pop_back(); }, "other operands than its node");
  refuses(
      three_steps(), [](Schedule& s) { s.steps[1].in[0].base = 2; }, "operand 0 takes int32[6, 40] for float32[6, 40]");
  refuses(
      three_steps(), [](Schedule& s) { s.steps[1].in[0].strides.pop_back(); },
      "operand 0 has other axes than its view");
  refuses(
      three_steps(), [](Schedule& s) { s.steps[1].in[0].offset = 1; }, "operand 0 reaches elements 1 to 240 of 240");
  refuses(
      three_steps(), [](Schedule& s) { s.steps[1].in[1].strides[0] = -5; },
      "operand 1 reaches elements -195 to 4 of 200");
}

TEST_CASE("verify: a kernel has a domain, buffers and passes") {
  refuses_kernel(three_steps(), [](Kernel& k) { ++k.buffers; }, "other buffers than operands and results");
  refuses_kernel(three_steps(), [](Kernel& k) { k.loads.resize(200, k.loads[0]); }, "more than 192 loads and stores");
  refuses_kernel(three_steps(), [](Kernel& k) { k.extents.clear(); }, "too few axes");
  refuses_kernel(half_columns(), [](Kernel& k) { k.extents.pop_back(); }, "too few axes");
  refuses_kernel(three_steps(), [](Kernel& k) { k.extents[0] = -6; }, "a negative extent");
  refuses_kernel(three_steps(), [](Kernel& k) { k.passes = 0; }, "has no pass");
}

TEST_CASE("verify: loads and stores stay inside of their values") {
  refuses_kernel(three_steps(), [](Kernel& k) { k.loads[0].buffer = 2; }, "load 0 is not from an operand");
  refuses_kernel(three_steps(), [](Kernel& k) { k.stores[0].to.buffer = 0; }, "store 0 is not to a result");
  refuses_kernel(three_steps(), [](Kernel& k) { k.stores[0].to.buffer = 4; }, "store 0 is not to a result");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.loads[0].strides.pop_back(); }, "load 0 has other axes than the domain");
  refuses_kernel(three_steps(), [](Kernel& k) { k.loads[1].dtype = int64; }, "load 1 takes int32[6, 40] for int64");
  refuses_kernel(three_steps(), [](Kernel& k) { k.loads[0].offset = -1; }, "load 0 reaches elements -1 to 238 of 240");
  refuses_kernel(three_steps(), [](Kernel& k) { ++k.extents[0]; }, "load 0 reaches elements 0 to 279 of 240");
  refuses_kernel(three_steps(), [](Kernel& k) { ++k.stores[1].to.offset; }, "store 1 reaches elements 1 to 240 of 240");
}

TEST_CASE("verify: instructions use earlier ones of the right dtype") {
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[2].b = 2; }, "%2 uses %2, which is not made before it");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[0].a = 9; }, "%0 is load 9, which there is not");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[0].dtype = float64; }, "%0 loads float32 as float64");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.code[7].dtype = complex64; }, "%7 has a dtype that kernels do not compute with");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[7].dtype = int64; }, "%8 computes with int32 and int64");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[3].dtype = float64; }, "%3 should be float32 but is float64");
  refuses_kernel(choice(), [](Kernel& k) { k.code[4].dtype = float32; }, "%4 should be bool but is float32");
  refuses_kernel(choice(), [](Kernel& k) { k.code[5].a = 0; }, "%5 chooses by a number");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.code[3].prim = scalar::Prim::conj; }, "%3 computes conj, which kernels do not");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[4].prim = scalar::Prim::subtract; }, "%4 folds by subtract");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[4].dtype = float64; }, "%4 folds float32 to float64");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[4].wide = true; }, "%4 is not of the axis that stays");
  refuses_kernel(three_steps(), [](Kernel& k) { k.loop = Loop::map; }, "%1 folds in a loop that folds nothing");
  refuses_kernel(choice(), [](Kernel& k) { k.stores[0].value = 4; }, "store 0 puts bool into float32");
  refuses_kernel(choice(), [](Kernel& k) { k.stores[0].value = 6; }, "store 0 takes %6, which there is not");
}

TEST_CASE("verify: values are used where and when they are known") {
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.code[2].pass = 0; }, "%2 uses %1 in an earlier pass than it is known");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[5].pass = 3; }, "%5 belongs to a pass that there is not");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.code[2].wide = false; }, "%2 is of the row and uses %0 of every column");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.code[6].wide = false; }, "%6 and the strides of its load say otherwise");
  refuses_kernel(three_steps(), [](Kernel& k) { k.code[7].wide = true; }, "%7 is a constant and of every column");
  refuses_kernel(half_columns(), [](Kernel& k) { k.code[2].a = 0; }, "%2 uses %0 of a row after the rows are folded");
  refuses(
      three_steps(), [](Schedule& s) { s.steps[2].kernel->passes = 1; },
      "step 2: store 0 is in no pass that knows its value");
}

TEST_CASE("verify: every element of a result is stored, once") {
  refuses_kernel(three_steps(), [](Kernel& k) { k.stores.pop_back(); }, "%11 is never stored");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.stores[0].to.strides[0] = 0; }, "store 0 writes an element more than once");
  refuses_kernel(
      three_steps(), [](Kernel& k) { k.stores[0].to.strides[0] = 39; }, "store 0 writes an element more than once");
  refuses_kernel(two_stores(), [](Kernel& k) { k.stores.pop_back(); }, "12 elements of %5 are stored, it has 24");
  for (const int64_t offset : {0, 1, 3})
    refuses_kernel(
        two_stores(), [&](Kernel& k) { k.stores[1].to.offset = offset; }, "two stores of %5 write the same element");
  refuses(
      three_steps(),
      [](Schedule& s) {
        Kernel& k = *s.steps[2].kernel;
        Instr zero{Action::constant, float32, false};
        k.stores[0].value = static_cast<uint16_t>(k.code.size());
        k.code.push_back(zero);
        k.stores[0].to.strides.back() = 0;
      },
      "step 2: store 0 is of the row where columns are folded");
}

TEST_CASE("verify: many folds of many operands are not more than a kernel holds") {
  std::vector<ir::TypeRef> types(32, type(bool_, {3, 4}));
  types.resize(160, type(float32, {3, 4}));
  Arrays inputs;
  for (ir::TypeRef one : types) inputs.push_back(ones(one->shape, one->dtype));
  auto f = [](Inputs x) {
    Arrays results;
    for (size_t k = 0; k < 32; ++k) results.push_back(where(x[k], x[k + 32], x[k + 64]));
    for (size_t k = 96; k < 160; ++k) results.push_back(sum(x[k], {.axis = {1}}));
    return results;
  };
  CHECK(testing::complaint_of([&] { verify(schedule_of(types, f)); }) == "");
  const Arrays results = f(inputs);
  CHECK(results[0].to_vector<float>() == std::vector<float>(12, 1));
  CHECK(results[95].to_vector<float>() == std::vector<float>(3, 4));
}
