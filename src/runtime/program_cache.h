#pragma once
#include "backend/api.h"
#include "runtime/work.h"

#include <array>
#include <unordered_map>

namespace koine::runtime {

/// Programs found by what they compute, verified by full comparison. Bounded: what was not used lately goes first.
class ProgramCache {
 public:
  using ProgramRef = std::shared_ptr<backend::Program>;

  explicit ProgramCache(size_t bound) : bound_(bound) {}
  /// Null when there is none yet. What is found stays where it is until the next `add`.
  const ProgramRef* find(const backend::DeviceApi& device, const Work& work);
  const ProgramRef& add(const backend::DeviceApi& device, const Work& work, ProgramRef program);
  int64_t hits() const { return hits_; }
  int64_t compiled() const { return compiled_; }
  size_t size() const { return entries_.size(); }
  int64_t bound() const { return static_cast<int64_t>(bound_); }

 private:
  struct Entry {
    const backend::DeviceApi* device;
    std::vector<Key::Number> key;
    ProgramRef program;
    uint64_t last_use;
    bool is(const backend::DeviceApi& other, const Work& work) const;
  };
  void forget_old();

  size_t bound_;
  int64_t hits_ = 0, compiled_ = 0;
  uint64_t clock_ = 0;
  std::unordered_multimap<uint64_t, Entry> entries_;
  std::array<Entry*, 256> recent_{};  // by hash, without a walk through the table
};

/// The cache that evaluation uses. Guarded by the graph lock.
ProgramCache& program_cache();

}  // namespace koine::runtime
