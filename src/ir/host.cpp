#include "ir/host.h"

#include "base/narrow.h"
#include "ir/graph.h"

#include <map>
#include <mutex>

namespace koine::ir {

namespace {

struct Functions {
  std::mutex mutex;
  std::map<int64_t, std::shared_ptr<HostFunction>> all;
  int64_t last = 0;
};
Functions& functions() {
  static auto& functions = *new Functions;
  return functions;
}

void forget(int64_t number) {
  std::shared_ptr<HostFunction> gone;  // destroyed without the lock
  std::lock_guard lock(functions().mutex);
  auto at = functions().all.find(number);
  if (at == functions().all.end()) return;
  gone = std::move(at->second);
  functions().all.erase(at);
}

}  // namespace

HostCall register_host(std::shared_ptr<HostFunction> function, std::span<const TypeRef> results) {
  int64_t number = 0;
  {
    std::lock_guard lock(functions().mutex);
    number = ++functions().last;
    functions().all[number] = std::move(function);
  }
  auto graph = std::make_unique<Graph>();
  graph->input_count = narrow<uint32_t>(results.size());
  graph->types.assign(results.begin(), results.end());
  for (ValueId k = 0; k < graph->input_count; ++k) graph->outputs.push_back(k);
  seal(*graph);
  return {number, GraphRef(graph.release(), [number](const Graph* graph) {
            delete graph;
            forget(number);
          })};
}

void forget_host_functions() {
  std::map<int64_t, std::shared_ptr<HostFunction>> gone;
  std::lock_guard lock(functions().mutex);
  gone.swap(functions().all);
}

std::shared_ptr<HostFunction> host_function(int64_t number) {
  std::lock_guard lock(functions().mutex);
  auto at = functions().all.find(number);
  if (at == functions().all.end()) throw Error("the function that it calls is gone");
  return at->second;
}

}  // namespace koine::ir
