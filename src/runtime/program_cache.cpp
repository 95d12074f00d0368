#include "runtime/program_cache.h"

#include "base/hash.h"

#include <algorithm>

namespace koine::runtime {

std::shared_ptr<backend::Program> ProgramCache::find_or_compile(const backend::DeviceApi& device,
                                                                const ir::GraphRef& graph,
                                                                const std::vector<uint8_t>& donated) {
  uint64_t hash = hash_combine(graph->hash, hash_bytes(donated.data(), donated.size()));
  ++clock_;
  auto [it, last] = entries_.equal_range(hash);
  for (; it != last; ++it) {
    Entry& entry = it->second;
    if (entry.device != &device || entry.donated != donated || !ir::same(*entry.graph, *graph)) continue;
    entry.last_use = clock_;
    ++hits_;
    return entry.program;
  }
  auto program = device.compile(graph, donated);
  ++compiled_;
  if (entries_.size() >= bound_) forget_old();
  entries_.emplace(hash, Entry{&device, graph, donated, program, clock_});
  return program;
}

// Half of the entries at once, so that a full cache does not search for its oldest at every miss.
void ProgramCache::forget_old() {
  std::vector<uint64_t> uses;
  for (const auto& [hash, entry] : entries_) uses.push_back(entry.last_use);
  auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
  std::nth_element(uses.begin(), middle, uses.end());
  uint64_t limit = *middle;
  std::erase_if(entries_, [limit](const auto& item) { return item.second.last_use < limit; });
}

ProgramCache& program_cache() {
  static ProgramCache cache(1024);
  return cache;
}

}  // namespace koine::runtime
