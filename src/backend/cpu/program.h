#pragma once
#include "backend/api.h"
#include "backend/cpu/interpret.h"
#include "backend/cpu/kernel.h"
#include "backend/cpu/memory.h"
#include "compile/passes.h"

#include <mutex>

namespace koine::backend::cpu {

/// A step of a schedule, ready to run.
struct ReadyStep {
  compile::Passes passes;              // of a kernel
  int64_t rows = 0;                    // of a kernel's domain
  std::unique_ptr<NodeKernel> node;    // the device's own kernel for a node; else its reference kernel runs
  std::vector<ir::TensorRef> tensors;  // of a reference kernel: operands, then results, without data
};

/// A graph compiled for the processor. May run on several threads at once.
class CpuProgram : public Program {
 public:
  CpuProgram(const ir::GraphRef& graph, const std::vector<uint8_t>& donated);

  std::vector<ir::BufferRef> run(std::span<const ir::BufferRef> inputs) const;
  /// On memory of a caller. Outputs that are null are not stored.
  void run(std::span<const ir::TensorRef> inputs, std::span<const ir::TensorRef> outputs) const;

 private:
  void prepare(size_t s);
  void execute(std::span<std::byte* const> inputs, std::span<std::byte* const> results) const;
  void run_step(size_t s, std::span<std::byte* const> values, std::byte* arena) const;
  void run_kernel(size_t s, std::span<std::byte* const> values) const;
  void run_node(size_t s, std::span<std::byte* const> values, std::byte* scratch) const;

  compile::Schedule schedule_;
  std::vector<uint32_t> origin_;  // per node of the schedule's graph, the node of the graph that was compiled
  std::vector<ReadyStep> steps_;
  MemoryPlan memory_;
  // Arenas that no run uses now.
  mutable std::mutex mutex_;
  mutable std::vector<ir::BufferRef> arenas_;
};

}  // namespace koine::backend::cpu
