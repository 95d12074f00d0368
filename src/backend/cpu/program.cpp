#include "backend/cpu/program.h"

#include "backend/can_fail.h"
#include "backend/cpu/inspect.h"
#include "backend/cpu/pool.h"
#include "base/few.h"
#include "base/format.h"
#include "compile/clean.h"
#include "compile/verify.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace koine::backend::cpu {

using namespace ir;
using compile::Loop;
using compile::Schedule;
using compile::Step;

namespace {

using Pointers = Few<std::byte*, 64>;

const OpKernel* own_kernel(const OpSpec& op) {
  auto kernels = op_kernels();
  auto found = std::lower_bound(kernels.begin(), kernels.end(), op.name, [](const OpKernel& kernel, const char* name) {
    return std::strcmp(kernel.op, name) < 0;
  });
  return found != kernels.end() && std::strcmp(found->op, op.name) == 0 ? &*found : nullptr;
}
bool keeps(const OpSpec& op) { return own_kernel(op) != nullptr; }
/// The device's own kernel for a node, for operands with these strides; null when there is none.
std::unique_ptr<NodeKernel> kernel_of(const Graph& graph, const GraphNode& node, std::span<const Ints> strides) {
  const OpKernel* kernel = own_kernel(*node.op);
  if (!kernel) return nullptr;
  std::vector<TypeRef> in, out;
  for (ValueId v : graph.operands_of(node)) in.push_back(graph.types[v]);
  for (uint32_t k = 0; k < node.output_count; ++k) out.push_back(graph.types[node.first_output + k]);
  return kernel->make({*node.op, node.attrs->data.get(), in, out, strides});
}
bool takes_views(const Graph& graph, const GraphNode& node, std::span<const Ints> strides) {
  return kernel_of(graph, node, strides) != nullptr;
}

/// Whether a node that is no kernel can throw: on the values of its operands, or for want of memory, which ops that may
/// write over an operand do not need.
bool may_throw(const Graph& graph, const GraphNode& node) { return node.op->in_place < 0 || can_fail(graph, node); }

/// What ops' own definitions ask of the device: graphs that control flow holds run on programs of their own.
class Runner : public GraphRunner {
 public:
  void run(const GraphRef& graph, std::span<const TensorRef> in, std::span<const TensorRef> out) override {
    program_of(graph)->run(in, out);
  }
  void each(int64_t n, const std::function<void(int64_t)>& f) override { parallel_for(n, f); }

  static runtime::CacheInfo info() {
    std::lock_guard lock(held().mutex);
    return {"programs of control flow", static_cast<int64_t>(held().programs.size()), bound};
  }

 private:
  static constexpr int64_t bound = 1024;
  struct Held {
    std::mutex mutex;
    std::unordered_map<GraphRef, std::shared_ptr<CpuProgram>> programs;
  };
  static Held& held() {
    static Held& one = *new Held;
    return one;
  }

  static std::shared_ptr<CpuProgram> program_of(const GraphRef& graph) {
    {
      std::lock_guard lock(held().mutex);
      if (auto found = held().programs.find(graph); found != held().programs.end()) return found->second;
    }
    auto program = std::make_shared<CpuProgram>(graph, std::vector<uint8_t>(graph->input_count));
    std::lock_guard lock(held().mutex);
    if (held().programs.size() >= static_cast<size_t>(bound)) held().programs.clear();
    return held().programs.emplace(graph, std::move(program)).first->second;
  }
};

/// A part is worth a thread of its own from some thousand elements on. A row that is folded stays whole.
Parts parts_of(const compile::Kernel& kernel) {
  constexpr int64_t worth = 16384, grain = 256;
  Parts parts;
  size_t axes = kernel.extents.size();
  for (size_t d = 0; d + (kernel.loop == Loop::column ? 2 : 1) < axes; ++d) parts.rows *= kernel.extents[d];
  int64_t columns = kernel.columns(), folded = kernel.loop == Loop::column ? kernel.extents[axes - 2] : 1;
  int64_t size = std::max<int64_t>(folded, 1);
  parts.columns_of_part = columns;
  // Only a fold over rows makes something of no columns.
  if (columns == 0 && kernel.loop != Loop::row) parts.rows = 0;
  if (kernel.loop != Loop::row && columns > 0) {
    parts.columns_of_part = std::min(columns, std::max(grain, worth / size / grain * grain));
    parts.parts_of_row = (columns + parts.columns_of_part - 1) / parts.columns_of_part;
  }
  if (parts.parts_of_row == 1) parts.rows_of_part = std::max<int64_t>(1, worth / std::max<int64_t>(columns * size, 1));
  return parts;
}

/// The run of a program, from 0, that compiles its code; those before it use what is there. KOINE_TIER says otherwise
/// for tests: `compiled` makes it at once, `interpreted` never.
int first_compiled_run() {
  static const int run = [] {
    const char* tier = std::getenv("KOINE_TIER");
    if (!tier || !*tier) return 1;
    if (std::strcmp(tier, "compiled") == 0) return 0;
    if (std::strcmp(tier, "interpreted") == 0) return -1;
    throw DeviceError(std::string("[device] KOINE_TIER is compiled or interpreted, not ") + tier);
  }();
  return run;
}

TensorRef tensor_of(TypeRef type) {
  TensorRef tensor{type->dtype, {}, nullptr};
  for (Dim d : type->shape) tensor.shape.push_back(d.value());
  return tensor;
}

}  // namespace

CpuProgram::CpuProgram(const GraphRef& graph, const std::vector<uint8_t>& donated, Tier tier) : tier_(tier) {
  const bool checked = compile::verifying(), shown = inspecting();
  if (shown) show_stage("graph", to_string(*graph));
  if (checked) verify(*graph);
  compile::Cleaned cleaned = compile::clean(*graph, keeps);
  if (shown) show_stage("clean", to_string(*cleaned.graph));
  if (checked) verify(*cleaned.graph);
  origin_ = std::move(cleaned.origin);
  schedule_ = compile::fuse(cleaned.graph, takes_views);
  if (shown) show_stage("schedule", to_string(schedule_));
  if (checked) verify(schedule_);
  steps_ = std::vector<ReadyStep>(schedule_.steps.size());
  std::vector<int64_t> scratch;
  size_t safe_from = 0;
  for (size_t s = 0; s < steps_.size(); ++s) {
    prepare(s);
    const auto& kernel = schedule_.steps[s].kernel;
    if (kernel)
      scratch.push_back(steps_[s].spill * steps_[s].parts.count());
    else
      scratch.push_back(steps_[s].node ? steps_[s].node->scratch_bytes() : 0);
    if (!kernel && may_throw(*schedule_.graph, schedule_.graph->nodes[schedule_.steps[s].nodes[0]])) safe_from = s + 1;
  }
  if (profiling)
    for (size_t s = 0; s < steps_.size(); ++s) steps_[s].facts = facts_of(s, *graph);
  memory_ = plan_memory(schedule_, donated, scratch, safe_from);
  if (shown) show_stage("memory", to_string(memory_, schedule_, scratch));
  if (checked) verify(memory_, schedule_, donated, scratch, safe_from);
  if (shown) show_stage("tape", to_string(schedule_, steps_));
  place_values();
  small_ = !profiling && is_small();
}

void CpuProgram::prepare(size_t s) {
  const Step& step = schedule_.steps[s];
  ReadyStep& ready = steps_[s];
  if (step.kernel) {
    const compile::Kernel& kernel = *step.kernel;
    ready.passes = compile::passes_of(kernel);
    ready.parts = parts_of(kernel);
    ready.part_count = ready.parts.count();
    ready.spill = spill_bytes(ready.passes, kernel.columns());
    size_t axes = kernel.extents.size(), outer = axes - (kernel.loop == Loop::column ? 2 : 1);
    auto add = [&](const compile::Access& access) {
      auto size = static_cast<int64_t>(size_of(access.dtype));
      ready.row_steps.push_back(outer ? access.strides[outer - 1] * size : 0);
      ready.fold_steps.push_back(kernel.loop == Loop::column ? access.strides[outer] * size : 0);
      ready.column_steps.push_back(access.strides.back() * size);
    };
    for (const compile::Access& load : kernel.loads) add(load);
    for (const compile::Store& store : kernel.stores) add(store.to);
    return;
  }
  const Graph& graph = *schedule_.graph;
  const GraphNode& node = graph.nodes[step.nodes[0]];
  std::vector<Ints> strides;
  for (size_t k = 0; k < step.in.size(); ++k) {
    ValueId operand = graph.operands_of(node)[k];
    if (!compile::is_dense(step.in[k], graph.types[operand]->shape)) strides.resize(step.in.size());
  }
  for (size_t k = 0; k < strides.size(); ++k) strides[k] = step.in[k].strides;
  ready.node = kernel_of(graph, node, strides);
  for (ValueId v : graph.operands_of(node)) ready.tensors.push_back(tensor_of(graph.types[v]));
  for (uint32_t k = 0; k < node.output_count; ++k)
    ready.tensors.push_back(tensor_of(graph.types[node.first_output + k]));
}

ProfiledStep CpuProgram::facts_of(size_t s, const Graph& graph) const {
  const Step& step = schedule_.steps[s];
  ProfiledStep facts{};
  for (uint32_t n : step.nodes) facts.ops.push_back(schedule_.graph->nodes[n].op->name);
  if (!step.nodes.empty() && origin_[step.nodes[0]] < graph.where.size())
    facts.where = graph.where[origin_[step.nodes[0]]];
  auto add = [&](ValueId v) {
    TypeRef type = schedule_.types[v];
    facts.bytes += type->count * static_cast<int64_t>(size_of(type->dtype));
    return type->count;
  };
  for (const compile::View& view : step.in) add(view.base);
  for (ValueId v : step.out) add(v);
  if (step.kernel) {
    int64_t places = 1;
    for (int64_t n : step.kernel->extents) places *= n;
    for (const compile::Instr& instr : step.kernel->code)
      if (instr.wide && (instr.action == compile::Action::compute || instr.action == compile::Action::fold))
        facts.flops += places;
  } else if (steps_[s].node) {
    facts.flops = steps_[s].node->flops();
  }
  return facts;
}

/// What a run looks up, so that it need not be found again each time.
void CpuProgram::place_values() {
  const size_t inputs = schedule_.graph->input_count, arena = inputs + memory_.results.size();
  for (const Home& home : memory_.home) {
    const auto number = static_cast<size_t>(home.at);
    if (home.in == Home::In::arena)
      places_.push_back({arena, home.at});
    else
      places_.push_back({home.in == Home::In::result ? inputs + number : number});
  }
  result_output_.assign(memory_.results.size(), schedule_.outputs.size());
  for (size_t k = schedule_.outputs.size(); k-- > 0;)
    if (const Home& home = memory_.home[schedule_.outputs[k]]; home.in == Home::In::result)
      result_output_[static_cast<size_t>(home.at)] = k;
  for (size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = schedule_.steps[s];
    if (!step.kernel) continue;
    auto add = [&](const compile::Access& access) {
      const size_t k = access.buffer;
      Place place = places_[k < step.in.size() ? step.in[k].base : step.out[k - step.in.size()]];
      place.offset += access.offset * static_cast<int64_t>(size_of(access.dtype));
      steps_[s].first.push_back(place);
    };
    for (const compile::Access& load : step.kernel->loads) add(load);
    for (const compile::Store& store : step.kernel->stores) add(store.to);
  }
}

bool CpuProgram::is_small() const {
  constexpr int64_t most = 4096;  // instructions for elements
  int64_t work = 0;
  for (size_t s = 0; s < steps_.size(); ++s) {
    const auto& kernel = schedule_.steps[s].kernel;
    if (!kernel || steps_[s].part_count != 1) return false;
    auto cost = static_cast<int64_t>(kernel->code.size());
    for (int64_t n : kernel->extents) cost = n > most / std::max<int64_t>(cost, 1) ? most + 1 : cost * n;
    work += cost;
  }
  return work <= most;
}

void CpuProgram::run(std::span<Buffer* const> inputs, std::span<BufferRef> outputs) const {
  Pointers bases(base_count());
  for (size_t i = 0; i < inputs.size(); ++i) bases[i] = inputs[i]->data();
  for (size_t k = 0; k < outputs.size(); ++k) {
    const Home& home = memory_.home[schedule_.outputs[k]];
    const auto number = static_cast<size_t>(home.at);
    if (home.in == Home::In::input) {
      outputs[k] = BufferRef(inputs[number]);
    } else if (result_output_[number] != k) {
      outputs[k] = outputs[result_output_[number]];
    } else {
      const int64_t from = memory_.result_input[number];
      outputs[k] = from >= 0 ? BufferRef(inputs[static_cast<size_t>(from)])
                             : Buffer::allocate(schedule_.types[memory_.results[number]]->bytes);
      bases[inputs.size() + number] = outputs[k]->data();
    }
  }
  execute(bases.all());
}

void CpuProgram::run(std::span<const TensorRef> inputs, std::span<const TensorRef> outputs) const {
  Pointers bases(base_count());
  for (size_t i = 0; i < inputs.size(); ++i) bases[i] = inputs[i].data;
  // An output that nobody asked for, or that another one is as well, needs memory all the same.
  std::vector<BufferRef> extra;
  for (size_t r = 0; r < memory_.results.size(); ++r) {
    const ValueId result = memory_.results[r];
    std::byte*& base = bases[inputs.size() + r] = nullptr;
    for (size_t k = result_output_[r]; k < outputs.size() && !base; ++k)
      if (schedule_.outputs[k] == result) base = outputs[k].data;
    if (base) continue;
    TypeRef type = schedule_.types[result];
    extra.push_back(Buffer::allocate(type->count * static_cast<int64_t>(size_of(type->dtype))));
    base = extra.back()->data();
  }
  execute(bases.all());
  for (size_t k = 0; k < outputs.size(); ++k) {
    const std::byte* from = at(bases.all(), schedule_.outputs[k]);
    if (outputs[k].data && outputs[k].data != from && outputs[k].bytes())
      std::memmove(outputs[k].data, from, static_cast<size_t>(outputs[k].bytes()));
  }
}

void CpuProgram::execute(Bases bases) const {
  // Counted no further than it matters.
  if (tier_ == Tier::usual && runs_.load(std::memory_order_relaxed) <= first_compiled_run())
    if (const int run = runs_.fetch_add(1, std::memory_order_relaxed); run <= first_compiled_run())
      make_code(run == first_compiled_run() ? Effort::made : Effort::found);
  BufferRef arena;
  if (memory_.arena_bytes > 0) arena = Buffer::allocate(memory_.arena_bytes);
  bases.back() = arena ? arena->data() : nullptr;
  for (size_t s = 0; s < steps_.size(); ++s) run_step(s, bases);
}

void CpuProgram::run_step(size_t s, Bases bases) const {
  const Step& step = schedule_.steps[s];
  auto start = profiling ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  try {
    if (step.kernel)
      run_kernel(s, bases);
    else
      run_node(s, bases);
  } catch (const OutOfMemory&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(cat("[allocate] memory for a kernel requested; ", Buffer::live_bytes(), " bytes live, ",
                          Buffer::peak_bytes(), " bytes at the peak"));
  } catch (const NodeFailure& inner) {
    throw NodeFailure{origin_[step.nodes.at(0)], inner.error};
  } catch (...) {
    throw NodeFailure{step.nodes.empty() ? 0 : origin_[step.nodes[0]], std::current_exception()};
  }
  if (profiling) note_step(steps_[s].facts, start);
}

void CpuProgram::run_kernel(size_t s, Bases bases) const {
  const ReadyStep& ready = steps_[s];
  const compile::Kernel& kernel = *schedule_.steps[s].kernel;
  std::byte* scratch = bases.back() + memory_.scratch[s];
  const Function code = ready.call.load(std::memory_order_acquire);
  auto run_part = [&](const Part& part, int64_t number) {
    if (code) return run_code(s, code, bases, part, scratch + number * ready.spill);
    std::byte* buffers[compile::most_accesses];
    size_t count = 0;
    for (const compile::View& view : schedule_.steps[s].in) buffers[count++] = at(bases, view.base);
    for (ValueId v : schedule_.steps[s].out) buffers[count++] = at(bases, v);
    interpret(kernel, ready.passes, buffers, part);
  };
  const Parts& parts = ready.parts;
  if (ready.part_count == 1) return run_part({0, parts.rows, 0, kernel.columns()}, 0);
  parallel_for(ready.part_count, [&](int64_t number) {
    const int64_t row = number / parts.parts_of_row * parts.rows_of_part;
    const int64_t column = number % parts.parts_of_row * parts.columns_of_part;
    run_part({row, std::min(parts.rows, row + parts.rows_of_part), column,
              std::min(kernel.columns(), column + parts.columns_of_part)},
             number);
  });
}

/// Calls the function for the rows of each run along the last of the outer axes.
void CpuProgram::run_code(size_t s, Function code, Bases bases, const Part& part, std::byte* scratch) const {
  const compile::Kernel& kernel = *schedule_.steps[s].kernel;
  const ReadyStep& ready = steps_[s];
  const size_t outer = kernel.extents.size() - (kernel.loop == Loop::column ? 2 : 1);
  const size_t loads = kernel.loads.size(), accesses = ready.first.size();
  std::byte* places[compile::most_accesses];
  const int64_t inner = outer ? kernel.extents[outer - 1] : 1;
  for (int64_t row = part.first_row; row < part.last_row;) {
    for (size_t k = 0; k < accesses; ++k)
      places[k] = at(bases, ready.first[k]) + part.first_column * ready.column_steps[k];
    int64_t run = inner;
    if (row != 0) {  // small kernels have no other, and need no divisions
      run -= row % inner;
      for (size_t k = 0; k < accesses; ++k) {
        const compile::Access& access = k < loads ? kernel.loads[k] : kernel.stores[k - loads].to;
        int64_t place = 0, rest = row;
        for (size_t d = outer; d-- > 0;) {
          place += rest % kernel.extents[d] * access.strides[d];
          rest /= kernel.extents[d];
        }
        places[k] += place * static_cast<int64_t>(size_of(access.dtype));
      }
    }
    run = std::min(part.last_row - row, run);
    const Frame frame{places,
                      ready.row_steps.data(),
                      ready.fold_steps.data(),
                      ready.column_steps.data(),
                      run,
                      part.last_column - part.first_column,
                      kernel.loop == Loop::column ? kernel.extents[outer] : 0,
                      scratch};
    code(&frame);
    row += run;
  }
}

// A graph that is seen again is worth compiling; the bits are the same. Threads that came here late change nothing.
void CpuProgram::make_code(Effort effort) const {
  std::lock_guard lock(code_mutex_);
  parallel_for(static_cast<int64_t>(steps_.size()), [&](int64_t at) {
    const auto s = static_cast<size_t>(at);
    const auto& kernel = schedule_.steps[s].kernel;
    ReadyStep& ready = steps_[s];
    if (!kernel || ready.code) return;
    ready.code = code_of(*kernel, ready.passes, best_isa(), effort);
    if (ready.code) ready.call.store(ready.code->function, std::memory_order_release);
  });
  const auto has_code = [](const ReadyStep& step) { return step.code != nullptr; };
  if (effort == Effort::made && small_ && std::ranges::all_of(steps_, has_code)) tell_brief();
}

void CpuProgram::run_node(size_t s, Bases bases) const {
  const Step& step = schedule_.steps[s];
  const ReadyStep& ready = steps_[s];
  if (ready.node) {
    std::vector<const std::byte*> in;
    std::vector<std::byte*> out;
    for (size_t k = 0; k < step.in.size(); ++k)
      in.push_back(at(bases, step.in[k].base) +
                   step.in[k].offset * static_cast<int64_t>(size_of(ready.tensors[k].dtype)));
    for (ValueId v : step.out) out.push_back(at(bases, v));
    if (ready.node->accepts(in)) {
      ready.node->run(in, out, bases.back() + memory_.scratch[s]);
      return;
    }
  }
  const GraphNode& node = schedule_.graph->nodes[step.nodes[0]];
  std::vector<TensorRef> tensors = ready.tensors;
  for (size_t k = 0; k < step.in.size(); ++k) tensors[k].data = at(bases, step.in[k].base);
  for (size_t k = 0; k < step.out.size(); ++k) tensors[step.in.size() + k].data = at(bases, step.out[k]);
  std::span<const TensorRef> all = tensors;
  Runner runner;
  node.op->reference(
      {*node.op, node.attrs->data.get(), node.attrs, all.first(step.in.size()), all.subspan(step.in.size()), runner});
}

runtime::CacheInfo inner_programs() { return Runner::info(); }

}  // namespace koine::backend::cpu
