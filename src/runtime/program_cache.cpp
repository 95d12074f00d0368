#include "runtime/program_cache.h"

#include <algorithm>

namespace koine::runtime {

ProgramCache::ProgramRef ProgramCache::find(const backend::DeviceApi& device, const Work& work) {
  ++clock_;
  auto [it, last] = entries_.equal_range(work.hash);
  for (; it != last; ++it) {
    Entry& entry = it->second;
    if (entry.device != &device || entry.key != work.key) continue;
    entry.last_use = clock_;
    ++hits_;
    return entry.program;
  }
  return nullptr;
}

void ProgramCache::add(const backend::DeviceApi& device, const Work& work, ProgramRef program) {
  ++compiled_;
  if (entries_.size() >= bound_) forget_old();
  entries_.emplace(work.hash, Entry{&device, work.key, std::move(program), clock_});
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
