#include "backend/cpu/cpu.h"

#include "backend/cpu/program.h"

namespace koine::backend {

namespace {

std::shared_ptr<Program> compile(const ir::GraphRef& graph, const std::vector<uint8_t>& donated) {
  return std::make_shared<cpu::CpuProgram>(graph, donated);
}
void run(const Program& program, std::span<ir::Buffer* const> inputs, std::span<ir::BufferRef> outputs) {
  static_cast<const cpu::CpuProgram&>(program).run(inputs, outputs);
}

std::vector<runtime::CacheInfo> caches() {
  return {{"kernels as machine code", cpu::code_stats().held, cpu::most_codes}, cpu::inner_programs()};
}

constexpr DeviceApi api{api_version, "cpu", "fuses and compiles graphs for the processor", compile, run, caches};

}  // namespace

const DeviceApi& cpu_device() { return api; }

}  // namespace koine::backend
