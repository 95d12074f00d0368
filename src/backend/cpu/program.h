#pragma once
#include "backend/api.h"
#include "backend/cpu/code.h"
#include "backend/cpu/interpret.h"
#include "backend/cpu/kernel.h"
#include "backend/cpu/memory.h"
#include "backend/cpu/profile.h"
#include "compile/passes.h"

#include <atomic>
#include <mutex>

namespace koine::backend::cpu {

/// How a kernel's domain is cut into parts that run on their own, given by its extents alone.
struct Parts {
  int64_t rows = 1;  // of the domain without columns and folded rows
  int64_t rows_of_part = 1, columns_of_part = 0, parts_of_row = 1;
  int64_t count() const { return (rows + rows_of_part - 1) / rows_of_part * parts_of_row; }
};

/// Where a value lies in the memory of a run: its inputs, then its results, then the arena.
struct Place {
  size_t base = 0;
  int64_t offset = 0;
};

/// A step of a schedule, ready to run.
struct ReadyStep {
  compile::Passes passes;                // of a kernel
  Parts parts;                           // of a kernel
  int64_t part_count = 1;                // of these
  int64_t spill = 0;                     // of each part
  CodeRef code;                          // of a kernel, once it is made
  std::atomic<Function> call = nullptr;  // the function of it
  std::vector<Place> first;              // of a kernel's accesses: the first element
  Ints row_steps, fold_steps, column_steps;
  ProfiledStep facts;
  std::unique_ptr<NodeKernel> node;    // the device's own kernel for a node; else its reference kernel runs
  std::vector<ir::TensorRef> tensors;  // of a reference kernel: operands, then results, without data
};

/// The steps in the order in which they run: what runs, how it is cut for threads, and a kernel's passes.
std::string to_string(const compile::Schedule& schedule, std::span<const ReadyStep> steps);

/// Whether kernels become machine code: `usual` from the second run on, or what KOINE_TIER says.
enum class Tier : uint8_t { usual, interpreted };

/// A graph compiled for the processor. May run on several threads at once.
class CpuProgram : public Program {
 public:
  CpuProgram(const ir::GraphRef& graph, const std::vector<uint8_t>& donated, Tier tier = Tier::usual);

  void run(std::span<ir::Buffer* const> inputs, std::span<ir::BufferRef> outputs) const;
  /// On memory of a caller. Outputs that are null are not stored.
  void run(std::span<const ir::TensorRef> inputs, std::span<const ir::TensorRef> outputs) const;

 private:
  void prepare(size_t s);
  ProfiledStep facts_of(size_t s, const ir::Graph& graph) const;
  void place_values();
  /// Kernels of few elements and nothing else: a run takes a microsecond or so.
  bool is_small() const;
  /// Where the memory of a run begins: inputs and results are given, the arena, which is the last, is not.
  using Bases = std::span<std::byte*>;
  size_t base_count() const { return schedule_.graph->input_count + memory_.results.size() + 1; }
  std::byte* at(Bases bases, const Place& place) const { return bases[place.base] + place.offset; }
  std::byte* at(Bases bases, ir::ValueId v) const { return at(bases, places_[v]); }
  void execute(Bases bases) const;
  void run_step(size_t s, Bases bases) const;
  void run_kernel(size_t s, Bases bases) const;
  void run_code(size_t s, Function code, Bases bases, const Part& part, std::byte* scratch) const;
  void make_code(Effort effort) const;
  void run_node(size_t s, Bases bases) const;

  compile::Schedule schedule_;
  std::vector<uint32_t> origin_;          // per node of the schedule's graph, the node of the graph that was compiled
  mutable std::vector<ReadyStep> steps_;  // code is made when the program runs again
  mutable std::atomic<int> runs_ = 0;
  Tier tier_;
  mutable std::mutex code_mutex_;
  MemoryPlan memory_;
  std::vector<Place> places_;          // per value of the schedule
  std::vector<size_t> result_output_;  // per result: the first output that it is
  bool small_ = false;
};

/// The programs of the graphs that nodes of control flow hold.
runtime::CacheInfo inner_programs();

}  // namespace koine::backend::cpu
