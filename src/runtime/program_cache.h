#pragma once
#include "backend/api.h"

#include <unordered_map>

namespace koine::runtime {

/// Programs found by graph, verified by full comparison. Bounded: what was not used lately goes first.
class ProgramCache {
 public:
  explicit ProgramCache(size_t bound) : bound_(bound) {}
  std::shared_ptr<backend::Program> find_or_compile(const backend::DeviceApi& device, const ir::GraphRef& graph,
                                                    const std::vector<uint8_t>& donated);
  int64_t hits() const { return hits_; }
  int64_t compiled() const { return compiled_; }
  size_t size() const { return entries_.size(); }
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    const backend::DeviceApi* device;
    ir::GraphRef graph;
    std::vector<uint8_t> donated;
    std::shared_ptr<backend::Program> program;
    uint64_t last_use;
  };
  void forget_old();

  size_t bound_;
  int64_t hits_ = 0, compiled_ = 0;
  uint64_t clock_ = 0;
  std::unordered_multimap<uint64_t, Entry> entries_;
};

/// The cache that evaluation uses. Guarded by the graph lock.
ProgramCache& program_cache();

}  // namespace koine::runtime
