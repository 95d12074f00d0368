#pragma once
#include "ir/graph.h"

#include <koine/runtime.h>

#include <atomic>
#include <exception>

/// What a device is: a small table of functions.
namespace koine::backend {

/// A compiled graph. Immutable; may run on several threads at once.
class Program {
 public:
  virtual ~Program() = default;
  /// From now on a run takes a microsecond or so, waits for nobody and calls nothing of the host: who holds a lock may
  /// as well keep it.
  bool is_brief() const { return brief_.load(std::memory_order_acquire); }

 protected:
  void tell_brief() const { brief_.store(true, std::memory_order_release); }

 private:
  mutable std::atomic<bool> brief_{false};
};

/// A kernel that threw, and the node of the graph that it ran.
struct NodeFailure {
  size_t node;
  std::exception_ptr error;
};

struct DeviceApi {
  int version;
  const char* name;
  const char* doc;
  /// Prepares a concrete graph. Inputs flagged in `donated` belong to the program: it may write results there.
  std::shared_ptr<Program> (*compile)(const ir::GraphRef& graph, const std::vector<uint8_t>& donated);
  /// Runs a program and gives every output of the graph its buffer. Throws NodeFailure, and OutOfMemory before anything
  /// was written to a donated input. The caller holds the inputs meanwhile.
  void (*run)(const Program& program, std::span<ir::Buffer* const> inputs, std::span<ir::BufferRef> outputs);
  /// What the device keeps beside the programs that others hold.
  std::vector<runtime::CacheInfo> (*caches)();
};
inline constexpr int api_version = 3;

/// All devices of this build; the first is the default.
std::span<const DeviceApi* const> devices();

}  // namespace koine::backend
