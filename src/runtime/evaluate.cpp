#include "base/format.h"
#include "ir/call.h"
#include "ir/host.h"
#include "ir/pending.h"
#include "ir/rethrow.h"
#include "runtime/program_cache.h"
#include "runtime/work.h"

#include <koine/runtime.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

/// Evaluation: the pending graph that is connected with an array becomes a program and runs.
namespace koine::runtime {

using namespace ir;

namespace {

const backend::DeviceApi& current_device() {
  static const backend::DeviceApi& device = [&]() -> const backend::DeviceApi& {
    const char* wanted = std::getenv("KOINE_DEVICE");
    if (!wanted || !*wanted) return *backend::devices()[0];
    std::string known;
    for (const backend::DeviceApi* device : backend::devices()) {
      if (std::strcmp(device->name, wanted) == 0) return *device;
      known += std::string(" ") + device->name;
    }
    throw DeviceError(std::string("[device] KOINE_DEVICE names no device: ") + wanted + "; there are:" + known);
  }();
  return device;
}

/// Work that no evaluation uses now, for the memory of its lists. Guarded by the graph lock.
class Lease {
 public:
  Lease() : work_(spare_ ? std::exchange(spare_, spare_->next) : new Work) {}
  ~Lease() { work_->next = std::exchange(spare_, work_); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Work& operator*() { return *work_; }

 private:
  static inline constinit Work* spare_ = nullptr;
  Work* work_;
};

void compile_and_run(Work& work) {
  const backend::DeviceApi& device = current_device();
  const ProgramCache::ProgramRef* found = program_cache().find(device, work);
  if (!found) {
    GraphRef graph = graph_of(work);
    ProgramCache::ProgramRef compiled;
    {
      GraphUnlock unlock(graph_mutex());
      HostUnlock others;
      compiled = device.compile(graph, work.donated);
    }
    found = &program_cache().add(device, work, std::move(compiled));
  }
  work.read.clear();
  for (const Out* input : work.inputs) work.read.push_back(input->value.get());
  if (work.computed.size() < work.outputs.size()) work.computed.resize(work.outputs.size());
  const std::span<BufferRef> computed(work.computed.data(), work.outputs.size());
  if ((*found)->is_brief()) return device.run(**found, work.read, computed);
  const ProgramCache::ProgramRef program = *found;  // the cache may forget it meanwhile
  GraphUnlock unlock(graph_mutex());
  HostUnlock others;
  device.run(*program, work.read, computed);
}

/// A node that failed, with its error.
struct Failure {
  Origin at;
  std::exception_ptr error;
};

/// The nodes are pending as before.
void give_up(Work& work) {
  work.computed.clear();
  fail_run(work.home);
}

/// Gives the outputs their values; others may record meanwhile. Throws Failure.
void run(Work& work) {
  work.home->running = true;
  try {
    compile_and_run(work);
    for (size_t k = 0; k < work.outputs.size(); ++k) {
      work.outputs[k]->value = std::move(work.computed[k]);
      work.outputs[k]->ready.store(true, std::memory_order_release);
    }
  } catch (const backend::NodeFailure& failure) {
    Failure found{origin_of(work, failure.node), failure.error};
    give_up(work);
    throw found;
  } catch (...) {
    give_up(work);
    throw;
  }
  end_run(work.home);
}

std::vector<Node*> ancestors_of(Node* target) {
  std::vector<Node*> found{target}, stack{target};
  uint64_t mark = next_serial();
  target->visited = mark;
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    for (const Out* operand : node->in()) {
      Node* next = operand->node;
      if (!next->component || next->visited == mark) continue;
      next->visited = mark;
      found.push_back(next);
      stack.push_back(next);
    }
  }
  std::sort(found.begin(), found.end(), [](const Node* a, const Node* b) { return a->serial < b->serial; });
  return found;
}

[[noreturn]] void report(const Failure& failure) {
  const Node& node = *failure.at.node;
  const OpSpec* op = node.op;
  const AttrBox* attrs = node.attrs.get();
  std::source_location where = node.where;
  std::vector<TypeRef> types;
  if (const Graph* called = called_graph(node)) {
    const GraphNode& inner = called->nodes[failure.at.called];
    op = inner.op;
    attrs = inner.attrs.get();
    if (called->where[failure.at.called].line()) where = called->where[failure.at.called];
    for (ValueId operand : called->operands_of(inner)) types.push_back(called->types[operand]);
  } else {
    for (const Out* operand : node.in()) types.push_back(operand->type);
  }
  try {
    std::rethrow_exception(failure.error);
  } catch (const Error& error) {
    rethrow_for_op(error, *op, types, attrs, where);
  }
}

}  // namespace

}  // namespace koine::runtime

namespace koine {

void ir::evaluate_pending(Out& target) {
  using namespace runtime;
  Lease lease;
  Work& work = *lease;
  while (!target.value) {
    work.home = target.node->component;
    if (!work.home) throw_gone(target);
    if (work.home->running) {
      wait_for_a_run();
      continue;
    }
    Ready ready = describe(work);
    if (ready == Ready::not_yet) wait_for_a_run();
    if (ready != Ready::yes) continue;
    try {
      run(work);
    } catch (const Failure& failure) {
      // Work that only happens to be connected must not take this value down with it.
      std::vector<Node*> needed = ancestors_of(target.node);
      if (std::find(needed.begin(), needed.end(), failure.at.node) != needed.end()) report(failure);
      split(needed);
    }
  }
}

namespace runtime {

Stats stats() {
  GraphLock lock(graph_mutex());
  return {program_cache().hits(), program_cache().compiled(), static_cast<int64_t>(program_cache().size()),
          Buffer::live_bytes(), Buffer::peak_bytes()};
}

void limit_memory(int64_t bytes) {
  if (bytes < 0) throw ValueError(cat("[limit_memory] a number of bytes is not negative, got ", bytes));
  Buffer::limit(bytes);
}

std::vector<CacheInfo> caches() {
  std::vector<CacheInfo> list = current_device().caches();
  GraphLock lock(graph_mutex());
  list.insert(list.begin(), {"programs", static_cast<int64_t>(program_cache().size()), program_cache().bound()});
  return list;
}

std::vector<DeviceInfo> devices() {
  std::vector<DeviceInfo> list;
  for (const backend::DeviceApi* device : backend::devices()) list.push_back({device->name, device->doc});
  return list;
}

}  // namespace runtime

}  // namespace koine
